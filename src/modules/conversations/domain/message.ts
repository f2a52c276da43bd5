import type { Uuid } from '../../../common/context';

/** What a message can be. An incoming one is `received` and stays so. */
export const MESSAGE_STATUSES = [
  'received',
  'queued',
  'sending',
  'unknown',
  'sent',
  'canceled',
  'undelivered',
  'failed',
  'delivered',
  'read',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Who wrote a message. */
export const AUTHOR_TYPES = ['contact', 'user', 'api_key', 'assistant', 'system'] as const;
export type AuthorType = (typeof AUTHOR_TYPES)[number];

/** `consent_reply`: the one answer that confirms an opt-out, an opt-in or a call for help. */
export type MessagePurpose = 'reply' | 'consent_reply';

/** A file that came with a message; it stays at the provider. */
export interface MediaReference {
  readonly url: string;
  readonly contentType: string;
}

/** What the database holds at most of one text, in characters. */
const STORED_TEXT = 4096;

/** An incoming text as it is kept. What is longer is cut; the provider's own fields are kept whole. */
export function textToKeep(text: string): string | null {
  return text === '' ? null : Array.from(text).slice(0, STORED_TEXT).join('');
}

/** What sending needs to know of an outgoing message and its thread. */
export interface OutgoingMessage {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly contactId: Uuid;
  /** Null when the connection was removed. */
  readonly connectionId: Uuid | null;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly to: string;
  readonly body: string;
  readonly purpose: MessagePurpose;
  readonly status: MessageStatus;
  readonly providerMessageId: string | null;
  readonly errorCode: string | null;
  readonly attempt: number;
  readonly attemptedAt: Date | null;
  readonly createdAt: Date;
  readonly sessionWindowEndsAt: Date | null;
}
