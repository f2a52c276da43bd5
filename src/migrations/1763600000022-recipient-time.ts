import type { MigrationInterface, QueryRunner } from 'typeorm';
import { hideFromTrail } from './support/hidden-columns';
import { definerMay, ownedByDefiner } from './support/tenant-table';

/** What the trail says of contacts only as changed, as of before. */
const HIDDEN = [
  ...['name', 'phone', 'whatsapp_id', 'email', 'notes', 'service_interests'],
  ...['tags', 'custom_fields', 'lead_status_reason', 'name_key', 'surname_key', 'search_text'],
];

/** What time it is for a contact, and which session windows are about to close. */
export class RecipientTime1763600000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // IANA, as the rules of contacts check it; which zones there are changes, so that the database does not know.
    await runner.query(`
      ALTER TABLE contacts ADD COLUMN timezone text CHECK (timezone ~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$');
      ${hideFromTrail('contacts', [...HIDDEN, 'timezone'])}`);
    await runner.query(CLOSING_WINDOWS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION find_closing_windows(timestamptz, timestamptz, timestamptz, uuid, uuid, int);
      DROP POLICY conversations_definer_select ON conversations;
      REVOKE SELECT ON conversations FROM frontdesk_definer;
      ${hideFromTrail('contacts', HIDDEN)}
      ALTER TABLE contacts DROP COLUMN timezone;`);
  }
}

const CLOSING_WINDOWS = `
  ${definerMay('SELECT', 'conversations')}

  -- Conversations of all organizations whose session window ends after \`closing_from\` and up to \`closing_until\`, and of which
  -- nobody was told yet; by that end, organization and id, after the one named. Whether somebody has answered is asked
  -- in the organization itself.
  CREATE FUNCTION find_closing_windows(closing_from timestamptz, closing_until timestamptz, after_end timestamptz,
      after_org uuid, after_id uuid, page_size int)
    RETURNS TABLE (org_id uuid, id uuid, ends_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id, c.session_window_ends_at FROM conversations c
      WHERE c.session_window_ends_at > closing_from AND c.session_window_ends_at <= closing_until
        AND (c.session_window_ends_at, c.org_id, c.id) > (after_end, after_org, after_id)
        AND c.window_warned_at IS DISTINCT FROM c.session_window_ends_at AND c.status IN ('open', 'pending')
      ORDER BY c.session_window_ends_at, c.org_id, c.id LIMIT LEAST(page_size, 500)
    $$;
  ${ownedByDefiner({
    'find_closing_windows(timestamptz, timestamptz, timestamptz, uuid, uuid, int)': 'frontdesk_service',
  })}
`;
