import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner, protectTenantTable, recordRowChanges } from './support/tenant-table';

/** People whom an identity provider vouches for, and API keys that are replaced. */
export class Identities1763600000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(KEYS);
    await runner.query(IDENTITIES);
    // Row triggers and log_audit_event() write the trail with rights of their own; nobody else has a reason to.
    await runner.query('REVOKE INSERT ON audit_logs FROM frontdesk_service');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT INSERT ON audit_logs TO frontdesk_service');
    await runner.query(NO_IDENTITIES);
    await runner.query(OLD_KEYS);
  }
}

const KEYS = `
  -- A key that is replaced keeps its row: for a while two secrets open it.
  ALTER TABLE api_keys
    ADD COLUMN created_by_key uuid,
    ADD COLUMN previous_secret_hash text,
    ADD COLUMN previous_secret_until timestamptz,
    ADD COLUMN rotated_at timestamptz,
    ADD CONSTRAINT api_keys_created_by_key_fkey FOREIGN KEY (org_id, created_by_key) REFERENCES api_keys (org_id, id);
  CREATE INDEX idx_api_keys_created_by_key ON api_keys (org_id, created_by_key);
  GRANT SELECT (created_by_key, previous_secret_until, rotated_at) ON api_keys TO frontdesk_app;
  GRANT UPDATE (secret_hash, previous_secret_until, rotated_at) ON api_keys TO frontdesk_app;

  -- Requests may write a secret's hash and never read one, so the old one is moved here.
  CREATE FUNCTION guard_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'an API key is revoked for good' USING ERRCODE = 'check_violation';
      END IF;
      NEW.previous_secret_hash := CASE
        WHEN NEW.secret_hash IS DISTINCT FROM OLD.secret_hash THEN OLD.secret_hash ELSE OLD.previous_secret_hash END;
      RETURN NEW;
    END $$;
  CREATE TRIGGER api_keys_guard BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION guard_api_key();

  -- A use is noted every minute and changes nothing that anyone edits, so it makes no new version.
  DROP TRIGGER api_keys_version ON api_keys;
  CREATE TRIGGER api_keys_version BEFORE UPDATE ON api_keys FOR EACH ROW
    WHEN (NEW.last_used_at IS NOT DISTINCT FROM OLD.last_used_at) EXECUTE FUNCTION count_row_version();
  DROP TRIGGER api_keys_audit ON api_keys;
  ${recordRowChanges('api_keys', ['secret_hash', 'previous_secret_hash'])}

  DROP FUNCTION find_api_keys(text);
  CREATE FUNCTION find_api_keys(wanted_prefix text)
    RETURNS TABLE (org_id uuid, id uuid, secret_hash text, previous_secret_hash text, previous_secret_until timestamptz,
      scopes text[], expires_at timestamptz, revoked_at timestamptz, org_status text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.org_id, k.id, k.secret_hash, k.previous_secret_hash, k.previous_secret_until, k.scopes, k.expires_at,
        k.revoked_at, o.status::text
      FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.prefix = wanted_prefix
    $$;
  ${ownedByDefiner({ 'find_api_keys(text)': 'frontdesk_service' })}
`;

const OLD_KEYS = `
  DROP FUNCTION find_api_keys(text);
  CREATE FUNCTION find_api_keys(wanted_prefix text)
    RETURNS TABLE (org_id uuid, id uuid, secret_hash text, scopes text[], expires_at timestamptz, revoked_at timestamptz, org_status text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.org_id, k.id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at, o.status::text
      FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.prefix = wanted_prefix
    $$;
  ${ownedByDefiner({ 'find_api_keys(text)': 'frontdesk_service' })}
  DROP TRIGGER api_keys_audit ON api_keys;
  ${recordRowChanges('api_keys', ['secret_hash'])}
  DROP TRIGGER api_keys_version ON api_keys;
  CREATE TRIGGER api_keys_version BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION count_row_version();
  DROP TRIGGER api_keys_guard ON api_keys;
  DROP FUNCTION guard_api_key();
  REVOKE UPDATE (secret_hash) ON api_keys FROM frontdesk_app;
  ALTER TABLE api_keys
    DROP COLUMN created_by_key, DROP COLUMN previous_secret_hash, DROP COLUMN previous_secret_until, DROP COLUMN rotated_at;
`;

const IDENTITIES = `
  -- A person at an identity provider, and the user that they are here. Global as users are.
  CREATE TABLE user_identities (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    issuer text NOT NULL CHECK (length(issuer) <= 500),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_identities_subject_key UNIQUE (issuer, subject)
  );
  CREATE INDEX idx_user_identities_user ON user_identities (user_id);
  GRANT SELECT, INSERT ON user_identities TO frontdesk_service;

  -- The role that someone gets whom a provider vouches for; null: nobody comes in uninvited.
  ALTER TABLE organizations
    ADD COLUMN provisioning_role membership_role CHECK (provisioning_role <> 'owner'),
    ADD COLUMN provisioning_domains text[] NOT NULL DEFAULT '{}' CHECK (cardinality(provisioning_domains) <= 50);
  GRANT UPDATE (provisioning_role, provisioning_domains) ON organizations TO frontdesk_app;

  -- Who was removed does not come back by themselves: a provider goes on vouching for them.
  CREATE TABLE former_members (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT former_members_org_user_key UNIQUE (org_id, user_id)
  );
  ${protectTenantTable({
    table: 'former_members',
    app: '',
    service: 'SELECT, INSERT',
    audit: { exempt: 'the row of a membership that was deleted is' },
    touched: false,
  })}
  CREATE FUNCTION remember_former_member() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO former_members (org_id, id, user_id) VALUES (OLD.org_id, OLD.id, OLD.user_id)
        ON CONFLICT (org_id, user_id) DO NOTHING;
      RETURN NULL;
    END $$;
  CREATE TRIGGER memberships_remember AFTER DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION remember_former_member();
`;

const NO_IDENTITIES = `
  DROP TRIGGER memberships_remember ON memberships;
  DROP FUNCTION remember_former_member();
  DROP TABLE former_members, user_identities;
  ALTER TABLE organizations DROP COLUMN provisioning_role, DROP COLUMN provisioning_domains;
`;
