import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';
import type { ConsentKeyword } from './consent-keywords';

/** Names one logged delivery. Both parts: the log is partitioned by time. */
export interface WebhookRef {
  readonly webhookLogId: Uuid;
  /** ISO 8601. */
  readonly receivedAt: string;
}

/** A customer wrote. Contact, mapping and consent are up to date; what was written is read through `Channels`. */
export class InboundMessageReceived extends DomainEvent<
  WebhookRef & {
    readonly orgId: Uuid;
    readonly connectionId: Uuid;
    readonly contactId: Uuid;
    /** The word that the message consisted of, if it was one that changes consent or asks for help. */
    readonly keyword: ConsentKeyword | null;
    /** Which of the organization's own it was; null for a standard one. */
    readonly keywordId: Uuid | null;
    /** The provider acted on the word and answered it itself. */
    readonly answeredByProvider: boolean;
  }
> {
  static readonly eventName = 'channels.inbound-message-received';
}

/** The provider told what became of a message; read through `Channels`. */
export class MessageStatusReported extends DomainEvent<
  WebhookRef & { readonly orgId: Uuid; readonly connectionId: Uuid }
> {
  static readonly eventName = 'channels.message-status-reported';
}

/** The provider changed something about templates of a connection's account; what they are now is asked of it. */
export class TemplatesReported extends DomainEvent<
  WebhookRef & { readonly orgId: Uuid; readonly connectionId: Uuid }
> {
  static readonly eventName = 'channels.templates-reported';
}
