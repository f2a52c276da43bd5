import { ownedByDefiner } from './tenant-table';

const CANDIDATES = 'find_shared_candidates(uuid, text, text, text)';
const READ = 'read_shared_delivery(uuid, timestamptz)';
const TELL = 'tell_shared_word(uuid, uuid, text, text, text, text, timestamptz, uuid, int)';
const TELL_BEFORE = 'tell_shared_opt_out(uuid, uuid, uuid, text, timestamptz, uuid, int)';

/** Those who use a number of the organization at hand. */
const MEMBERS = `
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number`;

const OPTED_OUT = `CASE m.channel ${['whatsapp', 'sms', 'voice']
  .map(
    (channel) => `WHEN '${channel}' THEN NOT k.${channel}_opted_in AND k.${channel}_opted_out_at IS NOT NULL`,
  )
  .join(' ')} END`;

const WORDS = `FROM consent_events e
          WHERE e.org_id = m.org_id AND e.phone = sender AND e.channel = m.channel AND e.purpose = 'transactional'`;
const STOP_HERE = `(e.action = 'opt_out' AND e.source = 'keyword'
            AND COALESCE(e.evidence->>'connectionId' = m.connection_id::text, false))`;

/** The last word about replies was an opt-out over this very number, and before it the person could be written to. */
const CLOSED_HERE = `COALESCE((SELECT ${STOP_HERE} ${WORDS} ORDER BY e.at DESC, e.id DESC LIMIT 1), false)
          AND COALESCE((SELECT e.action = 'opt_in' ${WORDS} AND NOT ${STOP_HERE} ORDER BY e.at DESC, e.id DESC LIMIT 1), false)`;

const candidates = (columns: string, closedHere: string): string => `
  CREATE FUNCTION find_shared_candidates(number uuid, sender text, sender_phone text, word text)
    RETURNS TABLE (org_id uuid, name text, locale text, is_customer boolean, mapping_id uuid, last_said_at timestamptz, is_opted_out boolean,
      own_word text${columns})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      WITH member AS (${MEMBERS}
      ), customer AS (
        SELECT p.org_id FROM phone_number_mappings p WHERE p.phone_number = sender
        UNION SELECT c.org_id FROM member m JOIN contacts c ON c.org_id = m.org_id WHERE c.phone = sender_phone
      ), known AS (
        SELECT c.org_id FROM customer c
        UNION SELECT s.org_id FROM users u JOIN memberships s ON s.user_id = u.id
          WHERE u.phone_number = sender_phone AND u.status = 'active'
      )
      SELECT m.org_id, o.name, o.locale, m.org_id IN (SELECT c.org_id FROM customer c), k.id,
        (SELECT max(v.last_message_at) FROM conversations v
          WHERE v.org_id = m.org_id AND v.contact_id = k.contact_id AND v.connection_id = m.connection_id),
        COALESCE(${OPTED_OUT}, false),
        (SELECT w.action::text FROM consent_keywords w
          WHERE w.org_id = m.org_id AND w.normalized_word = word AND w.purpose = 'transactional')${closedHere}
      FROM known w JOIN member m ON m.org_id = w.org_id JOIN organizations o ON o.id = m.org_id
        LEFT JOIN phone_number_mappings k ON k.org_id = m.org_id AND k.phone_number = sender
      ORDER BY o.name, m.org_id
    $$;
  ${ownedByDefiner({ [CANDIDATES]: 'frontdesk_service' })}
`;

const reading = (columns: string, values: string): string => `
  CREATE FUNCTION read_shared_delivery(log_id uuid, received timestamptz)
    RETURNS TABLE (webhook_source text, webhook_type text, url text, payload jsonb, received_at timestamptz${columns})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT l.webhook_source, l.webhook_type, l.url, l.payload, l.received_at${values} FROM webhook_logs l
      WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL AND l.processing_status = 'pending'
        AND EXISTS (SELECT FROM organizations o WHERE o.id = auth_org_id() AND o.is_platform_owner)
    $$;
  ${ownedByDefiner({ [READ]: 'frontdesk_service' })}
`;

/** As migration 28 made them: what an opt-out is told by, and who can be meant. */
export const OPT_OUTS_BEFORE = `
  DROP FUNCTION ${TELL};
  CREATE FUNCTION tell_shared_opt_out(number uuid, member uuid, mapping uuid, message text, said_at timestamptz, request uuid,
      max_attempts int) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT enqueue_shared_job('channels.record-shared-opt-out',
        json_build_object('orgId', m.org_id, 'requestId', request, 'mappingId', p.id, 'channel', m.channel, 'messageId', message,
          'saidAt', said_at), max_attempts)
      FROM (${MEMBERS}) m JOIN phone_number_mappings p ON p.org_id = m.org_id AND p.id = mapping WHERE m.org_id = member
    $$;
  ${ownedByDefiner({ [TELL_BEFORE]: 'frontdesk_service' })}
`;
export const CANDIDATES_BEFORE = `
  DROP FUNCTION ${CANDIDATES};
  DROP FUNCTION ${READ};
  ${candidates('', '')}
  ${reading('', '')}
`;

/** Who can be meant, with whether they were closed by a word over this number; and how a word is told to them. */
export const WORDS_OVER_SHARED_NUMBERS = `
  DROP FUNCTION ${CANDIDATES};
  DROP FUNCTION ${READ};
  -- With what there is against the signature: who is not vouched for opts nobody in.
  ${reading(', verdict text', ', l.verdict')}
  ${candidates(', is_closed_here boolean', `,\n        ${CLOSED_HERE}`)}

  -- Has an organization that knows the person note what they said over a number that it writes over: that they want no more messages,
  -- or messages again. A contact that was entered has no mapping before the first word: the job makes it.
  DROP FUNCTION ${TELL_BEFORE};
  CREATE FUNCTION tell_shared_word(number uuid, member uuid, sender text, sender_phone text, action text, message text,
      said_at timestamptz, request uuid, max_attempts int) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT enqueue_shared_job('channels.record-shared-word',
        json_build_object('orgId', m.org_id, 'requestId', request, 'mappingId', p.id, 'contactId', c.id, 'channel', m.channel,
          'connectionId', m.connection_id, 'action', action, 'messageId', message, 'saidAt', said_at), max_attempts)
      FROM (${MEMBERS}) m
        LEFT JOIN phone_number_mappings p ON p.org_id = m.org_id AND p.phone_number = sender
        LEFT JOIN contacts c ON c.org_id = m.org_id AND c.phone = sender_phone
      WHERE m.org_id = member AND action IN ('opt_out', 'opt_in') AND (p.id IS NOT NULL OR c.id IS NOT NULL)
    $$;
  ${ownedByDefiner({ [TELL]: 'frontdesk_service' })}
`;
