import { ownedByDefiner } from './tenant-table';

/** Each with who may call it. */
const FUNCTIONS = {
  'accept_shared_webhook(uuid, uuid, uuid, text, text, text, text, text, jsonb, jsonb, text, inet, timestamptz, uuid, text, text, text, uuid, int, text)':
    'frontdesk_service',
  'read_shared_delivery(uuid, timestamptz)': 'frontdesk_service',
  'find_shared_candidates(uuid, text, text, text)': 'frontdesk_service',
  'find_shared_message(uuid, uuid, text)': 'frontdesk_service',
  'enqueue_shared_job(text, json, int)': 'frontdesk_owner',
  'route_shared_delivery(uuid, uuid, uuid, timestamptz, uuid, uuid, int)': 'frontdesk_service',
  'tell_shared_opt_out(uuid, uuid, uuid, text, timestamptz, uuid, int)': 'frontdesk_service',
  'note_shared_delivery(uuid, timestamptz, timestamptz, text, text)': 'frontdesk_service',
} as const;

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

const INTAKE = `
  -- accept_webhook() for a number that is shared: the organization is the number's owner, which claims the event. The log belongs to none
  -- until it is known whose the delivery is; the job finds that out, or parks it.
  CREATE FUNCTION accept_shared_webhook(log_id uuid, org uuid, connection uuid, source text, type text, external text, url text,
      method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, event_row_id uuid,
      event text, event_type text, payload_hash text, request uuid, max_attempts int, verdict text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE is_new boolean;
    BEGIN
      INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
        VALUES (org, event_row_id, event, accept_shared_webhook.event_type, accept_shared_webhook.payload_hash, 'pending')
        ON CONFLICT (org_id, event_id) DO NOTHING;
      is_new := FOUND;
      IF NOT is_new THEN
        SELECT e.id INTO accept_shared_webhook.event_row_id FROM processed_webhook_events e WHERE e.org_id = org AND e.event_id = event;
      END IF;
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address,
          connection_id, event_row_id, verdict)
        VALUES (log_id, NULL, source, type, external, accept_shared_webhook.url, accept_shared_webhook.method,
          accept_shared_webhook.headers, accept_shared_webhook.payload, accept_shared_webhook.signature,
          accept_shared_webhook.verdict IS NULL, CASE WHEN is_new THEN 'pending' ELSE 'processed' END,
          CASE WHEN NOT is_new THEN 'duplicate' END, 200, received, ip, connection, accept_shared_webhook.event_row_id,
          accept_shared_webhook.verdict);
      IF is_new THEN
        PERFORM enqueue_job('channels.route-shared-delivery',
          json_build_object('orgId', org, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', event_row_id),
          NULL, NULL, max_attempts, NULL);
      END IF;
      RETURN is_new;
    END $$;
`;

const LOOK_UPS = `
  -- A delivery of no organization, which is still to be worked off; for the organization that operates the installation.
  CREATE FUNCTION read_shared_delivery(log_id uuid, received timestamptz)
    RETURNS TABLE (webhook_source text, webhook_type text, url text, payload jsonb, received_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT l.webhook_source, l.webhook_type, l.url, l.payload, l.received_at FROM webhook_logs l
      WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL AND l.processing_status = 'pending'
        AND EXISTS (SELECT FROM organizations o WHERE o.id = auth_org_id() AND o.is_platform_owner)
    $$;

  -- Organizations that a sender may mean: they use the number, and know the address as a customer's, or have a member who bears it. With
  -- when something was last said over this number, and what the organization takes the word for that the message consists of.
  CREATE FUNCTION find_shared_candidates(number uuid, sender text, sender_phone text, word text)
    RETURNS TABLE (org_id uuid, name text, locale text, is_customer boolean, mapping_id uuid, last_said_at timestamptz, is_opted_out boolean,
      own_word text)
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
          WHERE w.org_id = m.org_id AND w.normalized_word = word AND w.purpose = 'transactional')
      FROM known w JOIN member m ON m.org_id = w.org_id JOIN organizations o ON o.id = m.org_id
        LEFT JOIN phone_number_mappings k ON k.org_id = m.org_id AND k.phone_number = sender
      ORDER BY o.name, m.org_id
    $$;

  -- Whose message a status is about, of those who use the number.
  CREATE FUNCTION find_shared_message(number uuid, message uuid, provider_message text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      WITH member AS (${MEMBERS}
      )
      SELECT m.org_id FROM member m
      WHERE EXISTS (SELECT FROM messages x WHERE x.org_id = m.org_id AND x.id = message)
        OR EXISTS (SELECT FROM messages x WHERE x.org_id = m.org_id AND x.provider_message_id = provider_message)
      LIMIT 1
    $$;
`;

const CHANGES = `
  -- As enqueue_job, for another organization than the one at hand. For the functions below alone.
  CREATE FUNCTION enqueue_shared_job(task text, payload json, max_attempts int) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE at_hand text := current_setting('app.org_id');
    BEGIN
      PERFORM set_config('app.org_id', '', true);
      PERFORM enqueue_job(task, payload, NULL, NULL, max_attempts, NULL);
      PERFORM set_config('app.org_id', at_hand, true);
    END $$;

  -- Gives a delivery of no organization to one that uses the number: the log is its own from now on, and it claims the event and works
  -- it off as any other. Tells why not: no_member, gone.
  CREATE FUNCTION route_shared_delivery(number uuid, member uuid, log_id uuid, received timestamptz, claim uuid, request uuid,
      max_attempts int) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      connection uuid; moved webhook_logs%ROWTYPE; event processed_webhook_events%ROWTYPE; claimed uuid := claim; is_new boolean := true;
    BEGIN
      SELECT m.connection_id INTO connection FROM (${MEMBERS}) m WHERE m.org_id = member;
      IF connection IS NULL THEN RETURN 'no_member'; END IF;
      SELECT * INTO event FROM processed_webhook_events e WHERE e.org_id = auth_org_id() AND e.id = claim;
      -- org_id cannot be changed: the row goes, and comes again.
      DELETE FROM webhook_logs l WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL
          AND l.processing_status = 'pending' AND l.event_row_id = event.id RETURNING * INTO moved;
      IF NOT FOUND THEN RETURN 'gone'; END IF;
      -- The operator's own use of its number has the claim already.
      IF member <> auth_org_id() THEN
        claimed := new_uuid_v7();
        INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
          VALUES (member, claimed, event.event_id, event.event_type, event.payload_hash, 'pending')
          ON CONFLICT (org_id, event_id) DO NOTHING;
        is_new := FOUND;
        IF NOT is_new THEN
          SELECT e.id INTO claimed FROM processed_webhook_events e WHERE e.org_id = member AND e.event_id = event.event_id;
        END IF;
      END IF;
      moved.org_id := member;
      moved.connection_id := connection;
      moved.event_row_id := claimed;
      IF NOT is_new THEN
        moved.processing_status := 'processed';
        moved.error_message := 'duplicate';
      END IF;
      INSERT INTO webhook_logs VALUES (moved.*);
      IF is_new THEN
        PERFORM enqueue_shared_job('channels.process-webhook',
          json_build_object('orgId', member, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', claimed), max_attempts);
      END IF;
      RETURN NULL;
    END $$;

  -- Has an organization that knows the person note that they opted out: they said so over a number that it writes over.
  CREATE FUNCTION tell_shared_opt_out(number uuid, member uuid, mapping uuid, message text, said_at timestamptz, request uuid,
      max_attempts int) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT enqueue_shared_job('channels.record-shared-opt-out',
        json_build_object('orgId', m.org_id, 'requestId', request, 'mappingId', p.id, 'channel', m.channel, 'messageId', message,
          'saidAt', said_at), max_attempts)
      FROM (${MEMBERS}) m JOIN phone_number_mappings p ON p.org_id = m.org_id AND p.id = mapping WHERE m.org_id = member
    $$;

  -- Notes what became of a delivery that belongs to no organization. With a status it is over; without, an attempt failed.
  CREATE FUNCTION note_shared_delivery(log_id uuid, received timestamptz, started timestamptz, status text, reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      UPDATE webhook_logs l SET processing_status = COALESCE(status, l.processing_status), processing_started_at = started,
        processing_completed_at = CASE WHEN status IS NOT NULL THEN clock_timestamp() END,
        processing_duration_ms = CASE WHEN status IS NOT NULL
          THEN LEAST(2147483647, GREATEST(0, extract(epoch FROM clock_timestamp() - started) * 1000))::int END,
        error_message = reason, retry_count = l.retry_count + CASE WHEN status IS NULL THEN 1 ELSE 0 END
      WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL AND l.processing_status = 'pending'
        AND EXISTS (SELECT FROM organizations o WHERE o.id = auth_org_id() AND o.is_platform_owner)
    $$;
`;

/** Intake over a number that is shared, and how its deliveries find their organization. */
export const SHARED_NUMBER_ROUTING = `
  ${INTAKE} ${LOOK_UPS} ${CHANGES}
  ${ownedByDefiner(FUNCTIONS)}
`;

export const NO_SHARED_NUMBER_ROUTING = Object.keys(FUNCTIONS)
  .map((signature) => `DROP FUNCTION ${signature};`)
  .join('\n  ');
