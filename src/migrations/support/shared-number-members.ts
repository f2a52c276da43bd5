import { ownedByDefiner } from './tenant-table';

/** Each with who may call it. */
const FUNCTIONS = {
  'keep_directory()': 'frontdesk_owner',
  'add_shared_number_member(uuid, uuid, uuid, uuid)': 'frontdesk_service',
  'remove_shared_number_member(uuid, uuid)': 'frontdesk_service',
  'list_shared_number_members(uuid)': 'frontdesk_service',
  'open_shared_credentials(uuid)': 'frontdesk_service',
  'find_shared_member(uuid)': 'frontdesk_service',
  'find_platform_owner()': 'frontdesk_service',
} as const;

/** Who shares a number, and what stands for it with them. */
export const SHARED_NUMBER_MEMBERS = `
  -- The directory tells numbers apart: the row of an organization that uses a number of the operator's is none, and nobody but the
  -- operator shares one.
  CREATE FUNCTION keep_directory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE routing text; shared uuid;
    BEGIN
      SELECT c.routing, c.shared_connection_id INTO routing, shared FROM channel_connections c
        WHERE c.org_id = NEW.org_id AND c.id = NEW.connection_id;
      IF shared IS NOT NULL THEN RETURN NULL; END IF;
      IF routing = 'shared' AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = NEW.org_id AND o.is_platform_owner) THEN
        RAISE EXCEPTION 'only the operator of the installation shares numbers'
          USING ERRCODE = 'check_violation', TABLE = 'channel_connections', CONSTRAINT = 'channel_connections_owner';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER connection_directory_numbers BEFORE INSERT ON connection_directory
    FOR EACH ROW EXECUTE FUNCTION keep_directory();

  -- Gives an organization the use of a number of the one at hand, with a connection of its own that holds no credentials. Tells why
  -- not: no_number, no_organization, member_already.
  CREATE FUNCTION add_shared_number_member(number uuid, grant_id uuid, member uuid, member_connection uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM channel_connections n JOIN organizations o ON o.id = n.org_id AND o.is_platform_owner
          WHERE n.org_id = auth_org_id() AND n.id = number AND n.routing = 'shared' AND n.shared_connection_id IS NULL) THEN
        RETURN 'no_number';
      END IF;
      IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = member) THEN RETURN 'no_organization'; END IF;
      INSERT INTO shared_number_members (org_id, id, connection_id, member_org_id, member_connection_id)
        VALUES (auth_org_id(), grant_id, number, member, member_connection)
        ON CONFLICT (org_id, connection_id, member_org_id) DO NOTHING;
      IF NOT FOUND THEN RETURN 'member_already'; END IF;
      INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, provider_number_id, friendly_name,
          webhook_verify_token, routing, sends_per_second, last_verified_at, shared_connection_id)
        SELECT member, member_connection, n.provider, n.channel, n.address, n.provider_account_id, n.provider_number_id, n.friendly_name,
          gen_random_uuid()::text, 'shared', n.sends_per_second, n.last_verified_at, n.id
        FROM channel_connections n WHERE n.org_id = auth_org_id() AND n.id = number;
      RETURN NULL;
    END $$;

  -- Takes it back, with that connection; false where it had no such number. What was said over it stays.
  CREATE FUNCTION remove_shared_number_member(number uuid, member uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE connection uuid;
    BEGIN
      DELETE FROM shared_number_members m WHERE m.org_id = auth_org_id() AND m.connection_id = number AND m.member_org_id = member
        RETURNING m.member_connection_id INTO connection;
      IF connection IS NULL THEN RETURN false; END IF;
      DELETE FROM channel_connections c WHERE c.org_id = member AND c.id = connection;
      RETURN true;
    END $$;

  -- Who uses a number of the organization at hand, oldest first.
  CREATE FUNCTION list_shared_number_members(number uuid)
    RETURNS TABLE (id uuid, org_id uuid, name text, locale text, is_suspended boolean, is_active boolean, since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT m.id, m.member_org_id, o.name, o.locale, o.status = 'suspended', c.is_active, m.created_at
      FROM shared_number_members m JOIN organizations o ON o.id = m.member_org_id
        JOIN channel_connections c ON c.org_id = m.member_org_id AND c.id = m.member_connection_id
      WHERE m.org_id = auth_org_id() AND m.connection_id = number ORDER BY m.id
    $$;

  -- What opens a number that the organization at hand uses, for a call of the network in its name.
  CREATE FUNCTION open_shared_credentials(member_connection uuid)
    RETURNS TABLE (org_id uuid, id uuid, is_active boolean, provider_account_id text, provider_number_id text, credentials text,
      wrapped_key text, master_key_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT n.org_id, n.id, n.is_active, n.provider_account_id, n.provider_number_id, n.credentials, k.wrapped_key, k.master_key_id
      FROM shared_number_members m
        JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        JOIN organization_keys k ON k.org_id = n.org_id AND k.id = n.credentials_key_id
      WHERE m.member_org_id = auth_org_id() AND m.member_connection_id = member_connection
    $$;

  -- Intake: which number it is that a member's connection stands for, and whose that connection is.
  CREATE FUNCTION find_shared_member(wanted uuid) RETURNS TABLE (org_id uuid, id uuid, number_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT m.member_org_id, m.member_connection_id, m.connection_id FROM shared_number_members m
      WHERE m.member_connection_id = wanted
    $$;

  -- The organization that operates the installation; it owns the numbers that are shared, and what is parked.
  CREATE FUNCTION find_platform_owner() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT o.id FROM organizations o WHERE o.is_platform_owner
    $$;
  ${ownedByDefiner(FUNCTIONS)}
`;

export const NO_SHARED_NUMBER_MEMBERS = `
  DROP TRIGGER connection_directory_numbers ON connection_directory;
  ${Object.keys(FUNCTIONS)
    .map((signature) => `DROP FUNCTION ${signature};`)
    .join('\n  ')}
`;
