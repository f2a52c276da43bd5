import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner } from './support/tenant-table';

/** A provider that shakes hands before it posts, and credentials that end by themselves. */
export class WhatsappCloud1763600000025 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For which end of the credentials the owners were told last, and how many days ahead.
      ALTER TABLE channel_connections
        ADD COLUMN expiry_warned_for timestamptz,
        ADD COLUMN expiry_warned_days int,
        ADD CONSTRAINT channel_connections_expiry_warned_check
          CHECK ((expiry_warned_for IS NULL) = (expiry_warned_days IS NULL));
    `);
    await runner.query(FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION ${IS_VERIFY_TOKEN};
      DROP FUNCTION ${FIND_EXPIRING};
      ALTER TABLE channel_connections DROP COLUMN expiry_warned_for, DROP COLUMN expiry_warned_days;
    `);
  }
}

const IS_VERIFY_TOKEN = 'is_webhook_verify_token(text, text, text, uuid)';
const FIND_EXPIRING = 'find_expiring_credentials(timestamptz, uuid, uuid, int)';

const FUNCTIONS = `
  -- A provider's handshake: whether a token is that of the connection in the path or, without one, that of any.
  CREATE FUNCTION is_webhook_verify_token(wanted_provider text, wanted_channel text, token text, wanted_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT EXISTS (SELECT FROM connection_directory d
        WHERE d.webhook_verify_token = token AND d.provider = wanted_provider AND d.channel = wanted_channel
          AND (wanted_id IS NULL OR d.connection_id = wanted_id))
    $$;

  -- Connections of all organizations whose credentials end before \`ends_before\`; by organization and id, after the one named.
  CREATE FUNCTION find_expiring_credentials(ends_before timestamptz, after_org uuid, after_id uuid, page_size int)
    RETURNS TABLE (org_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id FROM channel_connections c
      WHERE c.credentials_expire_at < ends_before AND (c.org_id, c.id) > (after_org, after_id)
      ORDER BY c.org_id, c.id LIMIT LEAST(page_size, 500)
    $$;
  ${ownedByDefiner({ [IS_VERIFY_TOKEN]: 'frontdesk_service', [FIND_EXPIRING]: 'frontdesk_service' })}
`;
