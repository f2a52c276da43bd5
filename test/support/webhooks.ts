import { randomUUID } from 'node:crypto';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { signature, type SignedRequest } from '../../tools/twilio-simulator/signing';
import {
  aConnection,
  aTwilioNumber,
  atTwilio,
  type MessagingChannel,
  type TestConnection,
} from './connections';
import { anOrganization, type TestOrganization } from './people';
import { confidentialPhone, secret } from './run-record';
import type { TestApp } from './test-app';

/** An organization with a connected number, and ways to deliver to it by hand. */
export interface TestDesk extends TestOrganization {
  readonly connection: TestConnection;
  /** The fields of a customer's message, as Twilio posts them. */
  message(change?: Record<string, string>): Record<string, string>;
  /** The fields of a status callback. */
  status(change?: Record<string, string>): Record<string, string>;
}

let people = 500_000;

/** A customer's number that no other test has. */
export function aCustomerNumber(): string {
  return confidentialPhone(`+49151${++people}`);
}

/** A message id in Twilio's form. */
export function aMessageSid(): string {
  return `SM${randomUUID().replaceAll('-', '')}`;
}

/** What comes with a message on one channel alone. */
const OF_CHANNEL: Readonly<Record<MessagingChannel, Record<string, string>>> = {
  whatsapp: { ProfileName: 'Dana', ReferralNumMedia: '0', MessageType: 'text' },
  sms: { FromCity: '', FromCountry: 'DE', FromState: '', FromZip: '', ToCountry: 'US', ToState: 'CA' },
};

/** Makes an organization with a connected number. */
export async function aDesk(
  app: TestApp,
  simulator: TwilioSimulator,
  channel: MessagingChannel = 'whatsapp',
): Promise<TestDesk> {
  const organization = await anOrganization(app);
  const number = aTwilioNumber(simulator, { channel });
  const connection = await aConnection(app, simulator, organization.ownerToken, number);
  const { accountSid: AccountSid, address } = number;
  const ours = atTwilio(channel, address);
  const common = { AccountSid, ApiVersion: '2010-04-01' };
  return {
    ...organization,
    connection,
    message(change = {}) {
      const MessageSid = change['MessageSid'] ?? aMessageSid();
      return {
        ...common,
        MessageSid,
        SmsMessageSid: MessageSid,
        SmsSid: MessageSid,
        SmsStatus: 'received',
        From: atTwilio(channel, aCustomerNumber()),
        To: ours,
        Body: 'Is Friday free?',
        NumMedia: '0',
        NumSegments: '1',
        ...OF_CHANNEL[channel],
        ...change,
      };
    },
    status(change = {}) {
      const MessageSid = change['MessageSid'] ?? aMessageSid();
      return {
        ...common,
        MessageSid,
        SmsSid: MessageSid,
        SmsStatus: 'delivered',
        MessageStatus: 'delivered',
        From: ours,
        To: atTwilio(channel, aCustomerNumber()),
        ...change,
      };
    },
  };
}

/** Signs fields for an address as Twilio does. */
export function signed(
  fields: Record<string, string>,
  { authToken, url }: { readonly authToken: string; readonly url: string },
): SignedRequest {
  return {
    url,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'User-Agent': 'TwilioProxy/1.1',
      'I-Twilio-Idempotency-Token': randomUUID(),
      'X-Twilio-Signature': signature(secret('auth token', authToken), url, fields),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The answer to a delivery. */
export interface WebhookAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  /** Of a problem. */
  readonly code: string | undefined;
}

/** Posts a delivery as it is. */
export async function deliver({ url, headers, body }: SignedRequest): Promise<WebhookAnswer> {
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  const type = answer.headers.get('content-type');
  const code = type?.startsWith('application/problem+json')
    ? (JSON.parse(text) as { code: string }).code
    : undefined;
  return { status: answer.status, type, text, code };
}
