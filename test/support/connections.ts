import type { Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { as } from './people';
import type { TestApp } from './test-app';

let digits = 1_000_000;

/** A business number that no other test has. */
export function aBusinessNumber(): string {
  return `+1415${++digits}`;
}

/** A number at the simulated Twilio, and what connects it. */
export interface TwilioNumber {
  readonly provider: 'twilio';
  readonly channel: 'whatsapp';
  readonly accountSid: string;
  readonly authToken: string;
  readonly address: string;
  readonly friendlyName: string;
}

/** Makes an account with a WhatsApp number at the simulator; what is given stays. */
export function aTwilioNumber(
  simulator: TwilioSimulator,
  given: Partial<Pick<TwilioNumber, 'accountSid' | 'authToken' | 'address' | 'friendlyName'>> = {},
): TwilioNumber {
  const { accountSid = simulator.addAccount().sid, address = aBusinessNumber() } = given;
  const { authToken } = simulator.account(accountSid);
  const known = simulator.numbers().some((number) => number.address === `whatsapp:${address}`);
  if (!known) simulator.addNumber({ accountSid, address: `whatsapp:${address}` });
  return {
    provider: 'twilio',
    channel: 'whatsapp',
    accountSid,
    authToken: given.authToken ?? authToken,
    address,
    friendlyName: given.friendlyName ?? 'Front desk',
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
  simulator.addNumber({ accountSid: number.accountSid, address: `whatsapp:${number.address}`, webhookUrl });
  return { id, webhookUrl, number };
}
