import { definerMay, ownedByDefiner } from './tenant-table';

/** Each with who may call it. */
const FUNCTIONS = {
  'is_known_to_others(uuid, text)': 'frontdesk_owner',
  'forget_shared_deliveries(text[], text[], timestamptz, uuid, int)': 'frontdesk_service',
  'list_shared_parked(text[])': 'frontdesk_service',
  'forget_shared_parked(uuid[], text[])': 'frontdesk_service',
} as const;

const SENDERS = 'forget_shared_senders(text[])';

const STRIPPED = `headers = '{}', signature = NULL, payload = '{"$forgotten": "true"}' || COALESCE((
          SELECT jsonb_object_agg(key, value) FROM jsonb_each(l.payload) WHERE key = ANY (kept)), '{}')`;

/** Numbers that the organization at hand uses. */
const MINE = `SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id()`;

/** What is parked of these addresses, where the person is the customer of the organization at hand and of no other. */
const PARKED_OF_MINE = `p.settled_at IS NULL AND p.connection_id IN (${MINE}) AND NOT is_known_to_others(p.connection_id, p.address)`;

/** The senders whom the organization at hand has to do with. */
const MINE_OF_SENDERS = `o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options) OR s.connection_id IN (${MINE}))`;

/**
 * What an organization has forgotten of its customer beyond its own rows: what was logged for nobody, and what is parked. What concerns
 * another one stays.
 */
export const SHARED_ERASURE = `
  ${definerMay('SELECT', 'parked_deliveries')}
  ${definerMay('UPDATE', 'parked_deliveries')}
  ${definerMay('UPDATE', 'shared_senders')}
  ${definerMay('UPDATE', 'processed_webhook_events')}

  -- Whether another organization than the one at hand that uses a number knows somebody, as a customer or as one of its members.
  CREATE FUNCTION is_known_to_others(number uuid, sender text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT EXISTS (
        SELECT FROM shared_number_members m
        WHERE m.connection_id = number AND m.member_org_id <> auth_org_id() AND (
          EXISTS (SELECT FROM phone_number_mappings p WHERE p.org_id = m.member_org_id AND p.phone_number = sender)
          OR EXISTS (SELECT FROM contacts c WHERE c.org_id = m.member_org_id AND c.phone = sender)
          OR EXISTS (SELECT FROM contacts c WHERE c.org_id = m.member_org_id AND c.whatsapp_id = sender)
          OR EXISTS (SELECT FROM users u JOIN memberships s ON s.user_id = u.id
            WHERE s.org_id = m.member_org_id AND u.phone_number = sender)))
    $$;

  -- Takes people out of deliveries that were logged for nobody, and that nothing needs whole any more, in one window of the log after a
  -- position; tells where the next one begins. A delivery which repeats one of another organization is that one's.
  CREATE FUNCTION forget_shared_deliveries(addresses text[], kept text[], after_at timestamptz, after_id uuid, rows_at_once int)
    RETURNS TABLE (received_at text, id uuid)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE until_at timestamptz; until_id uuid;
    BEGIN
      SELECT l.received_at, l.id INTO until_at, until_id FROM webhook_logs l
        WHERE l.org_id IS NULL AND (l.received_at, l.id) > (after_at, after_id)
        ORDER BY l.received_at, l.id OFFSET rows_at_once - 1 LIMIT 1;
      UPDATE webhook_logs l SET ${STRIPPED}
        WHERE l.org_id IS NULL AND (l.received_at, l.id) > (after_at, after_id)
          AND (until_at IS NULL OR (l.received_at, l.id) <= (until_at, until_id))
          AND l.connection_id IN (SELECT c.id FROM channel_connections c JOIN organizations o ON o.id = c.org_id AND o.is_platform_owner)
          AND (l.processing_status = 'processed' OR l.processing_completed_at IS NOT NULL OR (l.webhook_type = 'message_status'
            AND NOT EXISTS (SELECT FROM unnest(addresses) address WHERE is_known_to_others(l.connection_id, address))))
          AND NOT l.payload ? '$forgotten'
          AND EXISTS (SELECT FROM jsonb_each_text(l.payload) field WHERE field.value = ANY (addresses))
          AND NOT EXISTS (SELECT FROM webhook_logs other
            WHERE other.external_id = l.external_id AND other.org_id <> auth_org_id())
          AND (l.connection_id IN (${MINE}) OR EXISTS (
            SELECT FROM webhook_logs own WHERE own.external_id = l.external_id AND own.org_id = auth_org_id()));
      IF until_at IS NULL THEN RETURN; END IF;
      RETURN QUERY SELECT to_char(until_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), until_id;
    END $$;

  -- Messages of these people that wait for it to be found out whose they are, where no other organization knows the person: for an
  -- erasure, which forgets what changes no consent. Locked, the senders before what they wrote, as everywhere.
  CREATE FUNCTION list_shared_parked(addresses text[])
    RETURNS TABLE (id uuid, webhook_source text, url text, payload jsonb, received_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM FROM shared_senders s, organizations o WHERE ${MINE_OF_SENDERS} ORDER BY s.id FOR UPDATE OF s;
      RETURN QUERY
        WITH open AS (
          SELECT p.id, p.webhook_log_id, p.received_at FROM parked_deliveries p
          WHERE p.address = ANY (addresses) AND ${PARKED_OF_MINE} ORDER BY p.id FOR UPDATE
        )
        SELECT open.id, l.webhook_source, l.url, l.payload, l.received_at
        FROM open JOIN webhook_logs l ON l.id = open.webhook_log_id AND l.received_at = open.received_at ORDER BY open.id;
    END $$;

  -- Ends them: they are nobody's any more.
  CREATE FUNCTION forget_shared_parked(parked uuid[], kept text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE one parked_deliveries%ROWTYPE;
    BEGIN
      FOR one IN SELECT * FROM parked_deliveries p WHERE p.id = ANY (parked) AND ${PARKED_OF_MINE} ORDER BY p.id FOR UPDATE LOOP
        UPDATE webhook_logs l SET ${STRIPPED}, processing_status = 'failed', error_message = 'sender_erased',
            processing_completed_at = clock_timestamp()
          WHERE l.id = one.webhook_log_id AND l.received_at = one.received_at AND l.org_id IS NULL AND l.processing_status = 'pending';
        UPDATE processed_webhook_events e SET status = 'failed', processed_at = clock_timestamp(), error_message = 'sender_erased'
          WHERE e.org_id = one.org_id AND e.id = one.claim_id;
        UPDATE parked_deliveries p SET state = 'discarded', settled_at = now(), address = NULL
          WHERE p.org_id = one.org_id AND p.id = one.id;
      END LOOP;
    END $$;

  -- The organization at hand forgets a person: so is forgotten that they were asked about it, or chose it. Where another one knows them,
  -- what was asked about and chose that one stays, each under its number.
  DROP FUNCTION ${SENDERS};
  CREATE FUNCTION forget_shared_senders(addresses text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      DELETE FROM shared_senders s USING organizations o
        WHERE ${MINE_OF_SENDERS} AND NOT is_known_to_others(s.connection_id, s.address);
      UPDATE shared_senders s SET options = array_replace(s.options, auth_org_id(), '00000000-0000-0000-0000-000000000000'),
          chosen_org_id = NULLIF(s.chosen_org_id, auth_org_id())
        FROM organizations o
        WHERE ${MINE_OF_SENDERS} AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options));
    END $$;
  ${ownedByDefiner({ ...FUNCTIONS, [SENDERS]: 'frontdesk_service' })}
`;

/** As before, from the functions down. */
export const NO_SHARED_ERASURE = `
  DROP FUNCTION ${SENDERS};
  CREATE FUNCTION forget_shared_senders(addresses text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DELETE FROM shared_senders s USING organizations o
      WHERE o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options))
    $$;
  ${ownedByDefiner({ [SENDERS]: 'frontdesk_service' })}
  ${Object.keys(FUNCTIONS)
    .reverse()
    .map((signature) => `DROP FUNCTION ${signature};`)
    .join('\n  ')}
  ${(
    [
      ['SELECT', 'parked_deliveries'],
      ['UPDATE', 'parked_deliveries'],
      ['UPDATE', 'shared_senders'],
      ['UPDATE', 'processed_webhook_events'],
    ] as const
  )
    .map(
      ([command, table]) => `
  DROP POLICY ${table}_definer_${command.toLowerCase()} ON ${table};
  REVOKE ${command} ON ${table} FROM frontdesk_definer;`,
    )
    .join('')}
`;
