import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowChangeRecorder } from './support/record-row-change';
import { unversioned, versioned } from './support/row-version';
import { ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** Invitations, password resets and what a person sees of their own sessions. */
export class People1763600000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INVITATIONS);
    await runner.query(PASSWORD_RESETS);
    await runner.query(SIGN_INS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(NO_SIGN_INS);
    await runner.query(`
      DROP TABLE password_resets;
      DROP FUNCTION is_member_address(text);
      REVOKE SELECT (id, email) ON users FROM frontdesk_definer;
      ${unversioned('invitations')}
      DROP TABLE invitations;
      DROP DOMAIN mail_state;
    `);
  }
}

/** What requests see and say of an invitation; never its token, which a job makes. */
const SHOWN =
  'org_id, id, email, role, invited_by, expires_at, accepted_at, accepted_by, revoked_at, mail_state, mailed_at, mails_asked_at, created_at, updated_at, version';

const INVITATIONS = `
  CREATE DOMAIN mail_state AS text CHECK (VALUE IN ('waiting', 'sent', 'refused'));
  -- The token is made by the job that mails it, and kept as its SHA-256.
  CREATE TABLE invitations (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    role membership_role NOT NULL,
    invited_by uuid REFERENCES users (id),
    token_hash text,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    accepted_by uuid REFERENCES users (id),
    revoked_at timestamptz,
    mail_state mail_state NOT NULL DEFAULT 'waiting',
    mailed_at timestamptz,
    -- When mails were asked for, of the last day: how many there may be is counted by the hour and by the day.
    mails_asked_at timestamptz[] NOT NULL DEFAULT ARRAY[now()],
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  CREATE UNIQUE INDEX invitations_one_open ON invitations (org_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
  CREATE INDEX idx_invitations_updated ON invitations (org_id, updated_at);
  ${versioned('invitations')}
  ${protectTenantTable({
    table: 'invitations',
    app: `SELECT (${SHOWN}), INSERT, UPDATE (expires_at, revoked_at, mail_state, mails_asked_at)`,
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: ['email', 'token_hash'] },
  })}

  -- Requests do not see people; whether one is a member of their own organization they may ask.
  GRANT SELECT (id, email) ON users TO frontdesk_definer;
  CREATE FUNCTION is_member_address(wanted_email text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT EXISTS (
        SELECT FROM users u JOIN memberships m ON m.user_id = u.id
        WHERE u.email = wanted_email AND m.org_id = NULLIF(current_setting('app.org_id', true), '')::uuid
      )
    $$;
  ${ownedByDefiner({ 'is_member_address(text)': 'frontdesk_app, frontdesk_service' })}
`;

const PASSWORD_RESETS = `
  -- Who asked for a new password. Of an unknown address, too, so that asking takes the same work: the job that would mail a
  -- token finds nobody.
  CREATE TABLE password_resets (
    id uuid PRIMARY KEY,
    user_id uuid REFERENCES users (id),
    token_hash text,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX idx_password_resets_user ON password_resets (user_id, created_at);
  CREATE INDEX idx_password_resets_expires ON password_resets (expires_at);
  GRANT SELECT, INSERT, UPDATE, DELETE ON password_resets TO frontdesk_service;
`;

const SIGN_INS = `
  -- When a member last came into this organization. Nobody edits that: it makes no new version, and the sign-in is in the
  -- audit trail as itself.
  ALTER TABLE memberships ADD COLUMN last_sign_in_at timestamptz;
  DROP TRIGGER memberships_version ON memberships;
  CREATE TRIGGER memberships_version BEFORE UPDATE ON memberships FOR EACH ROW
    WHEN (NEW.last_sign_in_at IS NOT DISTINCT FROM OLD.last_sign_in_at) EXECUTE FUNCTION count_row_version();
  ${rowChangeRecorder(['updated_at', 'version', 'last_sign_in_at'])}
`;

const NO_SIGN_INS = `
  ${rowChangeRecorder(['updated_at', 'version'])}
  DROP TRIGGER memberships_version ON memberships;
  CREATE TRIGGER memberships_version BEFORE UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION count_row_version();
  ALTER TABLE memberships DROP COLUMN last_sign_in_at;
`;
