import type { Uuid } from '../../../common/context';
import type { ConsentPurpose, MediaReference, TemplateUse } from './message-content';

/** What a message can be. An incoming one is `received` and stays so; `held` waits for a time. */
export const MESSAGE_STATUSES = [
  'received',
  'held',
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

/** `consent_reply`: the one answer that confirms an opt-out, an opt-in or a call for help. `bulk`: one of many. */
export const MESSAGE_PURPOSES = ['reply', 'consent_reply', 'bulk'] as const;
export type MessagePurpose = (typeof MESSAGE_PURPOSES)[number];

/** Why a message is held. `paused`: its bulk send is, and nobody knows until when. */
export const MESSAGE_HOLDS = ['scheduled', 'quiet_hours', 'paused'] as const;
export type MessageHold = (typeof MESSAGE_HOLDS)[number];

/** What a message is about, for whoever made it: a cause that is cancelled cancels its messages. */
export interface MessageCause {
  readonly type: string;
  readonly id: string;
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
  /** The number of ours that the person wrote to last; null as long as they have not written. */
  readonly businessAddress: string | null;
  /** Null for files alone. */
  readonly body: string | null;
  /** It says a one-time code, in whose place its text has dots. */
  readonly isCode: boolean;
  readonly media: readonly MediaReference[];
  readonly template: TemplateUse | null;
  readonly purpose: MessagePurpose;
  readonly consentPurpose: ConsentPurpose;
  readonly status: MessageStatus;
  readonly providerMessageId: string | null;
  readonly errorCode: string | null;
  readonly attempt: number;
  readonly attemptedAt: Date | null;
  readonly createdAt: Date;
  /** Since when it waits for its turn: later than it was made where it was held. */
  readonly queuedAt: Date;
  readonly sessionWindowEndsAt: Date | null;
}
