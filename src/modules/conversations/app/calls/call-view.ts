import type { Uuid } from '../../../../common/context';
import type { CallViewRow } from '../../db/calls/call-views.repository';
import type { CallStatus } from '../../domain/call';
import type { MediaView } from '../media/media-view';

/** What a caller left. */
export interface VoicemailView {
  /** Null when the message was erased since. */
  readonly messageId: Uuid | null;
  readonly seconds: number | null;
  /** Null when it is gone. */
  readonly file: MediaView | null;
  readonly deletedAtProviderAt: Date | null;
}

/** A call as members see it. */
export interface CallView {
  readonly id: Uuid;
  readonly direction: 'incoming' | 'outgoing';
  readonly status: CallStatus;
  readonly from: string | null;
  readonly to: string | null;
  readonly contact: { readonly id: Uuid; readonly name: string | null; readonly phone: string | null } | null;
  readonly connection: { readonly id: Uuid; readonly friendlyName: string; readonly address: string } | null;
  readonly conversationId: Uuid | null;
  readonly spokenMessageId: Uuid | null;
  readonly startedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly durationSeconds: number | null;
  readonly errorCode: string | null;
  readonly voicemail: VoicemailView | null;
  readonly textBack: { readonly messageId: Uuid | null; readonly refusal: string | null } | null;
}

/** `files` are those of messages. */
export function callView(row: CallViewRow, files: ReadonlyMap<Uuid, readonly MediaView[]>): CallView {
  const { id, direction, status, from, to, conversationId, messageId, durationSeconds, errorCode } = row;
  const { startedAt, answeredAt, endedAt, contactId, connectionId } = row;
  return {
    ...{ id, direction, status, from, to },
    contact: contactId && { id: contactId, name: row.contactName, phone: row.contactPhone },
    connection: connectionId && {
      id: connectionId,
      friendlyName: row.connectionName ?? '',
      address: row.connectionAddress ?? '',
    },
    conversationId,
    spokenMessageId: direction === 'outgoing' ? messageId : null,
    ...{ startedAt, answeredAt, endedAt, durationSeconds, errorCode },
    voicemail: voicemailOf(row, files),
    textBack: textBackOf(row),
  };
}

function voicemailOf(
  { recordingId, recordingSeconds: seconds, recordingDeletedAt, messageId }: CallViewRow,
  files: ReadonlyMap<Uuid, readonly MediaView[]>,
): VoicemailView | null {
  if (recordingId === null) return null;
  const file = (messageId && files.get(messageId)?.[0]) ?? null;
  return { messageId, seconds, file, deletedAtProviderAt: recordingDeletedAt };
}

function textBackOf({
  textBackMessageId: messageId,
  textBackRefusal: refusal,
}: CallViewRow): CallView['textBack'] {
  return messageId === null && refusal === null ? null : { messageId, refusal };
}
