import type { FetchedMedia } from './media';

/** Delivery state of a message, in Twilio's words. `received` is for inbound messages only. */
export type MessageStatus =
  'accepted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'undelivered' | 'failed' | 'received';

/** A Twilio account. `sid` is `AC` + 32 hex; `authToken` is the primary token, which also signs webhooks. */
export interface Account {
  sid: string;
  authToken: string;
  friendlyName: string;
  status: 'active' | 'suspended';
  createdAt: Date;
}

/** What became of a content template at WhatsApp. */
export type ContentStatus =
  'unsubmitted' | 'received' | 'pending' | 'approved' | 'rejected' | 'paused' | 'disabled';

/** A content template (`HX…`) with its approval by WhatsApp. */
export interface Content {
  sid: string;
  accountSid: string;
  friendlyName: string;
  language: string;
  /** By content type, such as `twilio/text`. */
  types: Record<string, Record<string, unknown>>;
  variables: Record<string, string>;
  status: ContentStatus;
  /** WhatsApp's: UTILITY, MARKETING or AUTHENTICATION. */
  category: string;
  rejectionReason: string;
  createdAt: Date;
  updatedAt: Date;
}

/**
 * Who acts on STOP, START and HELP: nobody; Twilio, without a word to the webhook, as for every SMS number unless it is switched
 * off; or Twilio's Advanced Opt-Out, which sends `OptOutType` with the message.
 */
export const OPT_OUT_HANDLINGS = ['none', 'default', 'advanced'] as const;
export type OptOutHandling = (typeof OPT_OUT_HANDLINGS)[number];

/** A sender that an account owns: `+E164` or a short code for SMS, `whatsapp:+E164` for WhatsApp. */
export interface PhoneNumber {
  accountSid: string;
  address: string;
  /** Where inbound messages are posted; null means that nobody is told. */
  webhookUrl: string | null;
  /** Where calls that come in are asked about, and their end is told; null: it takes none. */
  voiceUrl: string | null;
  /** The Messaging Service (`MG…`) whose pool the number is in. */
  messagingServiceSid: string | null;
  optOutHandling: OptOutHandling;
}

/** When a request arrived, before any fault or hook held it up. */
export interface Arrival {
  /** Milliseconds since the epoch with their fractions, by a clock that never goes back. */
  receivedAt: number;
  /** Grows by one with each request. */
  arrival: number;
}

/** `outbound-reply`: Twilio's own answer to an opt-out, opt-in or help word. */
export const DIRECTIONS = ['inbound', 'outbound-api', 'outbound-reply'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** What the simulator remembers of one message, inbound or outbound. */
export interface Message extends Arrival {
  sid: string;
  accountSid: string;
  /** Grows by one with each message; paging hangs on it, so that pages stay put while messages arrive. */
  sequence: number;
  direction: Direction;
  from: string;
  to: string;
  body: string;
  mediaUrls: string[];
  /** What was found at these addresses, where the setting `fetchMedia` has them fetched. */
  fetchedMedia?: FetchedMedia[];
  contentSid: string | null;
  contentVariables: string | null;
  messagingServiceSid: string | null;
  statusCallback: string | null;
  status: MessageStatus;
  errorCode: number | null;
  errorMessage: string | null;
  numSegments: number;
  createdAt: Date;
  updatedAt: Date;
  /** Null until the message has reached `sent`. */
  sentAt: Date | null;
}

/** A message that is not recorded yet. */
export type MessageDraft = Omit<Message, 'sequence' | keyof Arrival>;
