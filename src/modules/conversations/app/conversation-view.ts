import type { Uuid } from '../../../common/context';
import type { ConversationViewRow } from '../db/conversation-views.repository';
import type { MessageStatus } from '../domain/message';
import { replyRefusal, type ReplyRefusal } from '../domain/reply-rules';
import { needsWindow } from '../domain/session-window';

/** A conversation as members see it. */
export interface ConversationView {
  readonly id: Uuid;
  readonly status: 'open' | 'pending' | 'resolved' | 'snoozed';
  readonly answeredBy: 'assistant' | 'human';
  readonly assigneeId: Uuid | null;
  readonly contact: { readonly id: Uuid; readonly name: string | null; readonly phone: string | null };
  readonly connection: {
    readonly id: Uuid;
    readonly friendlyName: string;
    readonly address: string;
    readonly isActive: boolean;
  } | null;
  readonly lastMessage: {
    readonly id: Uuid;
    readonly direction: 'incoming' | 'outgoing';
    readonly status: MessageStatus;
    readonly preview: string | null;
    readonly createdAt: Date;
  } | null;
  readonly lastMessageAt: Date;
  readonly sessionWindowEndsAt: Date | null;
  readonly cannotReplyBecause: ReplyRefusal | null;
  readonly createdAt: Date;
}

/** Whether it can be answered is decided by the rule that answering itself asks. */
export function conversationView(row: ConversationViewRow, now: Date): ConversationView {
  const connection = row.connection_id && {
    id: row.connection_id,
    friendlyName: row.connection_name,
    address: row.connection_address,
    isActive: row.connection_active,
  };
  const lastMessage = row.message_id && {
    id: row.message_id,
    direction: row.message_direction,
    status: row.message_status,
    preview: row.message_preview,
    createdAt: row.message_created_at,
  };
  return {
    id: row.id,
    status: row.status,
    answeredBy: row.answered_by,
    assigneeId: row.assignee_id,
    contact: { id: row.contact_id, name: row.contact_name, phone: row.contact_phone },
    connection,
    lastMessage,
    lastMessageAt: row.last_message_at,
    sessionWindowEndsAt: row.session_window_ends_at,
    cannotReplyBecause: replyRefusal({
      connection: connection ?? undefined,
      barred: row.barred,
      mayMessage: row.may_message,
      needsWindow: needsWindow(row.connection_channel, null),
      sessionWindowEndsAt: row.session_window_ends_at,
      now,
    }),
    createdAt: row.created_at,
  };
}
