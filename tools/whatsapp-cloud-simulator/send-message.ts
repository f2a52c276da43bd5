import { Answering, type Call } from './call';
import { MetaError } from './errors';
import { newWamid } from './ids';
import type { Lifecycle } from './lifecycle';
import { isUserId, messagesRequest, type MessagesRequest } from './messages-request';
import type { Message, PhoneNumber } from './model';
import { refuseInvalid } from './refuse-invalid';
import type { Store } from './store';
import type { FaultTarget } from '../twilio-simulator/faults';

/** A message that was found to be right and is neither recorded nor answered yet. */
export type MessageDraft = Readonly<Omit<Message, 'id'>>;

/** What a test has happen in the middle of a sending. */
export type CreateHook = (draft: MessageDraft) => Promise<void> | void;

/** `POST /{phone number id}/messages`: a message to be sent, or one that was read. */
export class SendMessage {
  constructor(
    private readonly store: Store,
    private readonly answering: Answering,
    private readonly lifecycle: Lifecycle,
    private readonly beforeCreation: CreateHook,
  ) {}

  async handle(call: Call, number: PhoneNumber): Promise<void> {
    const body = readObject(call.body);
    const address = body.recipient ?? body.to;
    const to = typeof address === 'string' ? address.replace(/^\+/, '') : null;
    const target: FaultTarget = { accountSid: number.accountId, to, on: 'create' };
    await this.answering.early(target);
    if (number.status === 'BANNED') throw new MetaError(403, 368);
    if (number.status === 'DISCONNECTED') throw new MetaError(400, 133010);
    const asked = messagesRequest(body, this.store.ofAccount(number.accountId));
    // Where Meta has a code of its own for what is wrong, that was the answer.
    refuseInvalid(call.violations);
    if (asked.kind === 'read') await this.#read(call, asked, target);
    else await this.#send(call, number, asked, body, target);
  }

  async #read(
    call: Call,
    { messageId, typing }: Extract<MessagesRequest, { kind: 'read' }>,
    target: FaultTarget,
  ): Promise<void> {
    this.store.markRead(messageId, typing);
    await this.answering.answer(call, { success: true }, target);
  }

  async #send(
    call: Call,
    number: PhoneNumber,
    asked: Extract<MessagesRequest, { kind: 'send' }>,
    body: Record<string, unknown>,
    target: FaultTarget,
  ): Promise<void> {
    const draft: MessageDraft = {
      ...{ accountId: number.accountId, numberId: number.id, to: asked.to, type: asked.type },
      ...{ request: body, text: asked.text, callbackData: asked.callbackData },
      ...{ status: 'accepted', errorCode: null, createdAt: new Date() },
    };
    await this.beforeCreation(draft);
    const message = this.store.addMessage({ ...draft, id: newWamid() });
    this.lifecycle.start(message, target);
    const status = asked.type === 'template' ? { message_status: 'accepted' } : {};
    const answer = {
      messaging_product: 'whatsapp',
      contacts: [contactOf(body, asked.to)],
      messages: [{ id: message.id, ...status }],
    };
    await this.answering.answer(call, answer, target);
  }
}

function contactOf({ to, recipient }: Record<string, unknown>, reached: string): Record<string, unknown> {
  return isUserId(reached) ? { input: recipient, user_id: reached } : { input: to, wa_id: reached };
}

function readObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // No JSON: refused below.
  }
  throw new MetaError(400, 100, { message: '(#100) Invalid JSON in request body' });
}
