import type { Uuid } from '../../../common/context';
import type { MessageViewRow } from '../db/message-views.repository';
import type { AuthorType, MessageCause, MessageHold, MessagePurpose, MessageStatus } from '../domain/message';
import type { ConsentPurpose, TemplateUse } from '../domain/message-content';
import type { MediaView } from './media/media-view';

/** A message as members see it. */
export interface MessageView {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly direction: 'incoming' | 'outgoing';
  readonly purpose: MessagePurpose;
  readonly consentPurpose: ConsentPurpose;
  readonly status: MessageStatus;
  readonly errorCode: string | null;
  readonly segments: number | null;
  readonly text: string | null;
  readonly media: MediaView[];
  readonly template: Pick<TemplateUse, 'templateId' | 'variables'> | null;
  readonly author: { readonly type: AuthorType; readonly id: Uuid | null };
  readonly inReplyTo: Uuid | null;
  readonly providerMessageId: string | null;
  readonly heldBecause: MessageHold | null;
  readonly heldUntil: Date | null;
  readonly cause: MessageCause | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function messageView(row: MessageViewRow, media: readonly MediaView[]): MessageView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    direction: row.direction,
    purpose: row.purpose,
    consentPurpose: row.consent_purpose,
    status: row.status,
    errorCode: row.error_code,
    segments: row.segments,
    text: row.body,
    media: [...media],
    template: row.template && { templateId: row.template.templateId, variables: row.template.variables },
    author: { type: row.author_type, id: row.author_id },
    inReplyTo: row.in_reply_to,
    providerMessageId: row.provider_message_id,
    heldBecause: row.held_because,
    heldUntil: row.held_until,
    cause:
      row.cause_type !== null && row.cause_id !== null ? { type: row.cause_type, id: row.cause_id } : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
