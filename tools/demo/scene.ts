import { setTimeout as sleep } from 'node:timers/promises';
import type { Conversation, Frontdesk, Message, WebhookLog } from './frontdesk';
import type { Meta } from './meta';
import type { Transcript } from './transcript';
import type { Delivered, Twilio } from './twilio';

/** Somebody who writes to the business, or calls. */
export interface Customer {
  readonly name: string;
  /** E.164, another one in each run. */
  readonly phone: string;
}

/** Who plays, on what stage, and what the steps have found out so far. */
export interface Scene {
  readonly frontdesk: Frontdesk;
  readonly twilio: Twilio;
  readonly meta: Meta;
  readonly out: Transcript;
  /** How long to wait for what jobs do. */
  readonly patienceMs: number;
  readonly email: string;
  readonly password: string;
  /** Who writes first, and their address (`whatsapp:+49…`). */
  readonly customer: Customer & { readonly address: string };
  /** Who writes by Meta's Cloud API, and who by SMS. */
  readonly cloudCustomer: Customer;
  readonly smsCustomer: Customer;
  ownerId: string;
  /** `whatsapp:+1…` */
  businessAddress: string;
  conversationId: string;
  cloudConnectionId: string;
  smsConnectionId: string;
  /** The customer's first message, and the token that its delivery bore. */
  first: { readonly messageSid: string; readonly token: string; readonly text: string };
}

/** One step of the conversation: does something, prints what it left, and compares. */
export type Step = (scene: Scene) => Promise<void>;

/** Reads until `isThere`, since what follows a webhook or a send is done by jobs. Returns what was read last. */
export async function eventually<T>(
  { patienceMs }: Scene,
  read: () => Promise<T>,
  isThere: (found: T) => boolean,
): Promise<T> {
  const limit = performance.now() + patienceMs;
  for (;;) {
    const found = await read();
    if (isThere(found) || performance.now() > limit) return found;
    await sleep(100);
  }
}

/** The logged deliveries about one message, newest first. */
export async function deliveriesOf(
  { frontdesk }: Scene,
  messageSid: string,
  type: 'message_inbound' | 'message_status',
): Promise<WebhookLog[]> {
  const logs = await frontdesk.list<WebhookLog>(`/webhook-logs?type=${type}`);
  return logs.filter(({ externalId }) => externalId === messageSid);
}

/** The thread, newest message first. */
export function messagesOf({ frontdesk, conversationId }: Scene): Promise<readonly Message[]> {
  return frontdesk.list<Message>(`/conversations/${conversationId}/messages`);
}

export function conversationOf({ frontdesk, conversationId }: Scene): Promise<Conversation> {
  return frontdesk.read<Conversation>(`/conversations/${conversationId}`);
}

/** Twilio was answered 200 with empty TwiML, at the first attempt. */
export function expectTakenIn({ out }: Scene, { attempts }: Delivered): void {
  const [attempt] = attempts;
  out.tell(
    `Twilio’s webhook was answered ${attempt?.status ?? 'not at all'} in ${attempt?.durationMs ?? 0} ms`,
  );
  out.expect('the answer to Twilio', attempt?.status, 200);
  out.expect('the text of the answer', attempt?.body.includes('<Response></Response>'), true);
}

/** Prints a logged delivery, and compares it. */
export function leftDelivery(
  { out }: Scene,
  log: WebhookLog | undefined,
  expected: Partial<WebhookLog>,
): void {
  if (!log) {
    out.expect('the logged delivery', 'none', 'one');
    return;
  }
  const { type, signatureVerified, status, responseStatus, error } = log;
  out.left('webhook_log', { type, signatureVerified, status, responseStatus, error });
  for (const [name, value] of Object.entries(expected))
    out.expect(`${name} of the logged delivery`, log[name as keyof WebhookLog], value);
}
