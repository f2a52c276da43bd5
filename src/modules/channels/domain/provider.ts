import type { Uuid } from '../../../common/context';
import type { CallScript } from './call-script';
import type { Channel, ProviderName } from './channel';
import type { AccountCheck, AccountToVerify, ProviderAccount } from './provider-account';
import type { ProviderTemplateListing } from './provider-template';
import type { WebhookEvent, WebhookEventType, WebhookPayload } from './delivered-event';
import type { MediaAccess } from './media-access';
import type { SentQuery } from './sent-query';
import type { WebhookEndpoint } from './webhook-endpoint';

export type {
  AccountCheck,
  AccountFacts,
  AccountToVerify,
  ProviderAccount,
  RejectedPart,
} from './provider-account';
export type { MediaAccess } from './media-access';
export type { SentQuery } from './sent-query';
export {
  WEBHOOK_EVENT_TYPES,
  type WebhookEvent,
  type WebhookEventType,
  type WebhookPayload,
} from './delivered-event';

/**
 * What a message can be, in the providers' common words.
 * https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
export const PROVIDER_STATUSES = [
  'queued',
  'accepted',
  'sending',
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'canceled',
] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

/** True when `text` is a status that we know. */
export function isProviderStatus(text: unknown): text is ProviderStatus {
  return (PROVIDER_STATUSES as readonly unknown[]).includes(text);
}

/** A template that the provider holds and approved, filled in. */
export interface ProviderTemplate {
  /** The provider's id of it. Twilio: the ContentSid; Meta: `name/language`. */
  readonly contentId: string;
  /** Values by the names that the listing of the template gave them, `1`, `2` … at Twilio. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A file that goes with a message. */
export interface ProviderFile {
  /** Where the provider fetches it. */
  readonly url: string;
  readonly contentType: string;
  /** Shown where the channel shows one. */
  readonly name: string | null;
}

/** What a message says to the provider: a template, or text, files or both. */
export interface ProviderContent {
  readonly body: string | null;
  /** At most ten. */
  readonly files: readonly ProviderFile[];
  readonly template: ProviderTemplate | null;
}

/** One message to one person. */
export interface ProviderMessage extends ProviderContent {
  readonly channel: Channel;
  /** The connection's address, E.164. */
  readonly from: string;
  /** The provider's own id of the connection's number, where it has one. */
  readonly fromNumberId: string | null;
  /** The number of ours that the person wrote to, where a connection can have several and they wrote. */
  readonly replyFrom?: string | null;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly to: string;
  /** Our message; what is reported of it says so. */
  readonly messageId: Uuid;
  /** Where the provider reports the message's course. */
  readonly statusCallback: string;
  /** On voice: how it is said. */
  readonly script?: CallScript;
}

/**
 * Why a provider (or we, before asking it) will not send this message, now and on any later attempt.
 * - `invalid_number`: the number itself cannot be reached on the channel, whoever writes.
 * - `route_not_allowed`: this sender may not, or cannot, write there; the number may be good.
 * - `filtered`: a carrier, the channel or the provider for it did not let the message pass.
 * - `try_later`: nothing is wrong with number or text. The message is lost; written again later, it may arrive.
 */
export type RefusalCode =
  | 'opted_out'
  | 'opted_out_marketing'
  | 'outside_window'
  | 'invalid_number'
  | 'route_not_allowed'
  | 'filtered'
  | 'try_later'
  | 'text_too_long'
  | 'credentials_rejected'
  | 'connection_inactive'
  | 'template_not_approved'
  | 'template_variables_invalid'
  | 'provider_refused';

/** Why, with the provider's own number where it gave one. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly providerCode?: number;
}

/** Why nothing was sent this time. */
export type RetryCode = 'rate_limited' | 'provider_unavailable';

/**
 * What became of a request to send.
 * - `accepted`: the provider has it.
 * - `refused`: it was not and will not be sent.
 * - `retry`: it was certainly not sent; trying again makes sense. `isOfRecipient`: to others it flows on.
 * - `unknown`: it may have been sent. Look it up, never send it again blindly.
 */
export type SendOutcome =
  | {
      readonly kind: 'accepted';
      readonly providerMessageId: string;
      readonly status: ProviderStatus;
      /** How many SMS it is sent and paid as, where that is known. */
      readonly segments?: number;
    }
  | ({ readonly kind: 'refused' } & Refusal)
  | {
      readonly kind: 'retry';
      readonly code: RetryCode;
      readonly afterSeconds?: number;
      readonly isOfRecipient?: true;
    }
  | { readonly kind: 'unknown'; readonly segments?: number };

/** A message as the provider has it. */
export interface SentMessage {
  readonly providerMessageId: string;
  /** Null where the provider does not tell it: of a call. */
  readonly body: string | null;
  readonly status: ProviderStatus;
  /** Why it did not arrive, when the provider says so. */
  readonly refusal: Refusal | null;
  /** When it was sent, or, while it waits, when it was made. To the second. */
  readonly sentAt: Date;
}

/** A webhook request as it came, before anything in it is believed. */
export interface WebhookRequest {
  /** The address under the configured public URL, with the path and query exactly as they came. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
}

/** A webhook request whose content is of the provider's form. Whether it is the provider's own is asked next. */
export interface WebhookDelivery {
  readonly events: readonly [WebhookEvent, ...WebhookEvent[]];
  /**
   * True when the request bears the provider's signature, made with this account's secret over these very bytes, and
   * speaks of this account.
   */
  isSignedWith(account: ProviderAccount): boolean;
  /** False when the same signature fits other fields as well, so that nobody can tell what was meant. */
  isUnambiguous(): boolean;
}

/**
 * - `delivery`: it is of the provider's form.
 * - `malformed`: it is not. `claim` holds what it says of itself, when that is enough to be from the provider.
 * - `ignored`: it is, and holds nothing that concerns us: the provider is answered as if it were taken in.
 * - `unsupported`: its content type is none that the provider posts.
 */
export type WebhookReading =
  | { readonly kind: 'delivery'; readonly delivery: WebhookDelivery }
  | { readonly kind: 'malformed'; readonly claim?: WebhookClaim }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unsupported' };

/** What a request says of itself, for the log. */
export interface WebhookClaim {
  readonly type: WebhookEventType;
  readonly externalId: string;
  readonly payload: WebhookPayload;
}

/** A logged event, as it is read back for processing. */
export interface LoggedEvent {
  readonly payload: WebhookPayload;
  /** The address that was called; a status report carries our message's id in it. */
  readonly url: string;
  readonly receivedAt: Date;
}

/** What a customer wrote. */
export interface InboundMessage {
  readonly providerMessageId: string;
  readonly from: {
    /** E.164. */
    readonly phone: string | null;
    /** WhatsApp's id of a person who shows no number. */
    readonly whatsappId: string | null;
    /** The one of the two that there is: what an answer is sent to. */
    readonly address: string;
  };
  /** The business number: E.164, or a short code. */
  readonly to: string;
  /** The name that the person chose, if any. */
  readonly profileName: string | null;
  readonly body: string;
  readonly media: readonly { readonly url: string; readonly contentType: string }[];
  /** Set when the provider itself acted on an opt-out, opt-in or help word, and answered it. */
  readonly optOutType: 'STOP' | 'START' | 'HELP' | null;
  readonly raw: WebhookPayload;
  readonly receivedAt: Date;
}

/** What became of a message that we sent. */
export interface StatusReport {
  readonly providerMessageId: string;
  readonly status: ProviderStatus;
  /** Why it did not arrive, when the provider says so. */
  readonly refusal: Refusal | null;
  /** Our message, as the callback's address or the report itself names it; not checked to exist. */
  readonly messageId: string | null;
  readonly occurredAt: Date;
}

/**
 * Port to one provider. Calls of the network ({@link verifyAccount}, {@link send}, {@link listSent}, {@link listTemplates},
 * {@link locateMedia}) run outside any transaction, each request takes at most the configured time, and trouble is told by the result. The others compute.
 */
export interface Provider {
  readonly name: ProviderName;

  /** Asks the provider whether these credentials open this account, and whether the number is one of it. */
  verifyAccount(account: AccountToVerify): Promise<AccountCheck>;
  /** Sends one message. Never throws for what the provider or the network did. */
  send(account: ProviderAccount, message: ProviderMessage): Promise<SendOutcome>;
  /**
   * Sent messages, newest first, at most 200; null where the provider tells of a message by its status reports alone. Throws
   * `ProviderUnavailable` or `CredentialsRejected`.
   */
  listSent(account: ProviderAccount, query: SentQuery): Promise<SentMessage[] | null>;
  /** All templates of the account, as they are now. Throws `ProviderUnavailable` or `CredentialsRejected`. */
  listTemplates(account: ProviderAccount): Promise<ProviderTemplateListing[]>;

  /** Where a file of a customer's message is at this moment. Throws `FetchRefused` or `FetchFailed`. */
  locateMedia(account: ProviderAccount, url: string): Promise<string>;
  /** How files of customers' messages are fetched, redirects included. */
  mediaAccess(account: ProviderAccount): MediaAccess;

  /** What a webhook request says; none of it is to be believed before its signature is checked. */
  readDelivery(request: WebhookRequest, endpoint: WebhookEndpoint): WebhookReading;
  /** The message of a logged event of type `message`. */
  normaliseInbound(event: LoggedEvent): InboundMessage;
  /** The report of a logged event of type `status`. */
  normaliseStatus(event: LoggedEvent): StatusReport;
}

/** The providers that this program speaks to. */
export class Providers {
  private readonly byName: ReadonlyMap<ProviderName, Provider>;

  constructor(providers: readonly Provider[]) {
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /** The adapter of a provider. Throws where the program has none: a connection of it cannot have been made. */
  of(name: ProviderName): Provider {
    const provider = this.byName.get(name);
    if (!provider) throw new Error('no adapter for this provider');
    return provider;
  }
}
