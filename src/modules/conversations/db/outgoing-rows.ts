import type { Uuid } from '../../../common/context';
import type { MessagePurpose, MessageStatus, OutgoingMessage } from '../domain/message';
import type { ConsentPurpose, MediaReference, TemplateUse } from '../domain/message-content';

/** An outgoing message and what sending needs of its thread. */
export interface OutgoingRow extends Record<string, unknown> {
  id: Uuid;
  conversation_id: Uuid;
  contact_id: Uuid;
  connection_id: Uuid | null;
  address: string;
  business_address: string | null;
  body: string | null;
  is_code: boolean;
  media: MediaReference[];
  template: TemplateUse | null;
  purpose: MessagePurpose;
  consent_purpose: ConsentPurpose;
  status: MessageStatus;
  provider_message_id: string | null;
  error_code: string | null;
  attempt: number;
  attempted_at: Date | null;
  created_at: Date;
  queued_at: Date;
  session_window_ends_at: Date | null;
}

/** Of a message `m` and its thread `c`; $1 is the organization. */
export const OUTGOING = `
  SELECT m.id, m.conversation_id, c.contact_id, c.connection_id, c.business_address,
    -- A code goes to the number that is being verified, which may be another one of the person's.
    CASE WHEN m.is_code THEN (SELECT f.phone FROM phone_verifications f WHERE f.org_id = m.org_id AND f.id = m.id)
      ELSE c.contact_address END AS address, m.is_code, m.body, m.media, m.template, m.purpose,
    m.consent_purpose, m.status, m.provider_message_id, m.error_code, m.attempt, m.attempted_at, m.created_at, m.queued_at,
    c.session_window_ends_at
  FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
  WHERE m.org_id = $1 AND m.direction = 'outgoing'`;

export function outgoing(row: OutgoingRow): OutgoingMessage {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    connectionId: row.connection_id,
    to: row.address,
    businessAddress: row.business_address,
    body: row.body,
    isCode: row.is_code,
    media: row.media,
    template: row.template,
    purpose: row.purpose,
    consentPurpose: row.consent_purpose,
    status: row.status,
    providerMessageId: row.provider_message_id,
    errorCode: row.error_code,
    attempt: row.attempt,
    attemptedAt: row.attempted_at,
    createdAt: row.created_at,
    queuedAt: row.queued_at,
    sessionWindowEndsAt: row.session_window_ends_at,
  };
}
