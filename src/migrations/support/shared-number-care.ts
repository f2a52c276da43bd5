import { ownedByDefiner } from './tenant-table';

/** Each with who may call it. */
const FUNCTIONS = {
  'forget_shared_senders(text[])': 'frontdesk_service',
  'lock_shared_pace(uuid, timestamptz, double precision)': 'frontdesk_service',
  'save_shared_pace(uuid, double precision, timestamptz, timestamptz, int)': 'frontdesk_service',
} as const;

/** The number behind a connection of the organization at hand. */
const NUMBER = `shared_number_members m WHERE m.member_org_id = auth_org_id() AND m.member_connection_id = member_connection`;

/** What those who share a number do to what is kept at its owner. */
export const SHARED_NUMBER_CARE = `
  -- The organization at hand forgets a person: so is forgotten that they were asked about it, or chose it.
  CREATE FUNCTION forget_shared_senders(addresses text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DELETE FROM shared_senders s USING organizations o
      WHERE o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options))
    $$;

  -- The pace of the number that the organization at hand uses, locked: all who use it share it.
  CREATE FUNCTION lock_shared_pace(member_connection uuid, at timestamptz, burst double precision)
    RETURNS TABLE (available double precision, counted_at timestamptz, blocked_until timestamptz, blocked_times int, per_second int)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE owner uuid; number uuid;
    BEGIN
      SELECT m.org_id, m.connection_id INTO owner, number FROM ${NUMBER};
      IF NOT FOUND THEN RETURN; END IF;
      INSERT INTO connection_paces (org_id, connection_id, available, counted_at) VALUES (owner, number, burst, at)
        ON CONFLICT (org_id, connection_id) DO NOTHING;
      RETURN QUERY SELECT p.available, p.counted_at, p.blocked_until, p.blocked_times, c.sends_per_second
        FROM connection_paces p JOIN channel_connections c ON c.org_id = p.org_id AND c.id = p.connection_id
        WHERE p.org_id = owner AND p.connection_id = number FOR UPDATE OF p;
    END $$;

  -- Writes what is left of it; null leaves the block and what is left as they are, and lifts a block that is over.
  CREATE FUNCTION save_shared_pace(member_connection uuid, left_over double precision, at timestamptz, until timestamptz, times int)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      UPDATE connection_paces p SET available = COALESCE(left_over, p.available), counted_at = COALESCE(at, p.counted_at),
        blocked_until = CASE WHEN left_over IS NOT NULL THEN until END, blocked_times = COALESCE(times, 0)
      FROM (SELECT m.org_id, m.connection_id FROM ${NUMBER}) n
      WHERE p.org_id = n.org_id AND p.connection_id = n.connection_id
        AND (left_over IS NOT NULL OR (p.blocked_times > 0 AND p.blocked_until <= now()))
    $$;
  ${ownedByDefiner(FUNCTIONS)}
`;

export const NO_SHARED_NUMBER_CARE = Object.keys(FUNCTIONS)
  .map((signature) => `DROP FUNCTION ${signature};`)
  .join('\n  ');
