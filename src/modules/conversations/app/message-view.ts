import type { Uuid } from '../../../common/context';
import type { MessageViewRow } from '../db/message-views.repository';
import type { AuthorType, MediaReference, MessagePurpose, MessageStatus } from '../domain/message';

/** A message as members see it. */
export interface MessageView {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly direction: 'incoming' | 'outgoing';
  readonly purpose: MessagePurpose;
  readonly status: MessageStatus;
  readonly errorCode: string | null;
  readonly text: string | null;
  readonly media: MediaReference[];
  readonly author: { readonly type: AuthorType; readonly id: Uuid | null };
  readonly inReplyTo: Uuid | null;
  readonly providerMessageId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function messageView(row: MessageViewRow): MessageView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    direction: row.direction,
    purpose: row.purpose,
    status: row.status,
    errorCode: row.error_code,
    text: row.body,
    media: row.media,
    author: { type: row.author_type, id: row.author_id },
    inReplyTo: row.in_reply_to,
    providerMessageId: row.provider_message_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
