import type { Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { as } from './people';
import { secret } from './run-record';
import type { TestApp } from './test-app';

let digits = 1_000_000;

/** A business number that no other test has. */
export function aBusinessNumber(): string {
  return `+1415${++digits}`;
}

/** What Twilio carries messages on. */
export type MessagingChannel = 'whatsapp' | 'sms';

/** A number at the simulated Twilio, and what connects it. */
export interface TwilioNumber {
  readonly provider: 'twilio';
  readonly channel: MessagingChannel;
  readonly accountSid: string;
  readonly authToken: string;
  readonly address: string;
  readonly friendlyName: string;
  /** A Messaging Service: of its pool, `address` is one. */
  readonly messagingServiceSid?: string;
}

/** An address as Twilio writes it on a channel. */
export function atTwilio(channel: MessagingChannel, address: string): string {
  return channel === 'whatsapp' ? `whatsapp:${address}` : address;
}

type GivenNumber = Partial<
  Pick<
    TwilioNumber,
    'channel' | 'accountSid' | 'authToken' | 'address' | 'friendlyName' | 'messagingServiceSid'
  >
>;

/** Makes an account with a number, of WhatsApp unless it is said, at the simulator; what is given stays. */
export function aTwilioNumber(simulator: TwilioSimulator, given: GivenNumber = {}): TwilioNumber {
  const {
    channel = 'whatsapp',
    accountSid = simulator.addAccount().sid,
    address = aBusinessNumber(),
  } = given;
  const { messagingServiceSid } = given;
  const { authToken } = simulator.account(accountSid);
  const known = simulator.numbers().some((number) => number.address === atTwilio(channel, address));
  if (!known)
    simulator.addNumber({
      accountSid,
      address: atTwilio(channel, address),
      ...(messagingServiceSid ? { messagingServiceSid } : {}),
    });
  return {
    provider: 'twilio',
    channel,
    accountSid,
    authToken: secret('auth token', given.authToken ?? authToken),
    address,
    friendlyName: given.friendlyName ?? 'Front desk',
    ...(messagingServiceSid ? { messagingServiceSid } : {}),
  };
}

/** A connection of an organization, and the number behind it. */
export interface TestConnection {
  readonly id: Uuid;
  readonly webhookUrl: string;
  readonly number: TwilioNumber;
}

/** Connects a number through the API as its owner, and tells the simulator where its webhooks go. */
export async function aConnection(
  app: TestApp,
  simulator: TwilioSimulator,
  ownerToken: string,
  number = aTwilioNumber(simulator),
): Promise<TestConnection> {
  const { body } = await as(app, ownerToken).post('/channel-connections', number).expect(201);
  const { id, webhookUrl } = body as { id: Uuid; webhookUrl: string };
  const { accountSid, messagingServiceSid } = number;
  const pool = simulator
    .numbers()
    .filter(
      (known) =>
        known.address === atTwilio(number.channel, number.address) ||
        (messagingServiceSid !== undefined && known.messagingServiceSid === messagingServiceSid),
    );
  for (const { address } of pool) simulator.addNumber({ accountSid, address, webhookUrl });
  return { id, webhookUrl, number };
}
