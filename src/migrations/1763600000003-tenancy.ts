import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  definerMay,
  ownedByDefiner,
  protectTenantTable,
  recordRowChanges,
  tenantPolicies,
  touchUpdatedAt,
} from './support/tenant-table';

/** Organizations, people and how they sign in. */
export class Tenancy1763600000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ORGANIZATIONS);
    await runner.query(PEOPLE);
    await runner.query(CREDENTIALS);
    await runner.query(LOOKUPS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION expire_idempotency_keys();
      DROP FUNCTION find_api_keys(text);
      DROP FUNCTION find_organization_by_slug(text);
      DROP FUNCTION list_user_memberships(uuid);
      DROP TABLE idempotency_keys, organization_keys, auth_refresh_tokens, auth_sessions, api_keys, memberships, users, organizations;
      DROP DOMAIN membership_role, user_status, organization_status;
    `);
  }
}

const ORGANIZATIONS = `
  CREATE DOMAIN organization_status AS text CHECK (VALUE IN ('active', 'suspended'));
  CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
    timezone text NOT NULL DEFAULT 'UTC',
    default_country text NOT NULL DEFAULT 'US' CHECK (default_country ~ '^[A-Z]{2}$'),
    locale text NOT NULL DEFAULT 'en',
    status organization_status NOT NULL DEFAULT 'active',
    is_platform_owner boolean NOT NULL DEFAULT false,
    audit_retention_days int NOT NULL DEFAULT 90 CHECK (audit_retention_days >= 1),
    webhook_retention_days int NOT NULL DEFAULT 30 CHECK (webhook_retention_days >= 1),
    message_retention_days int CHECK (message_retention_days >= 1),
    quiet_hours_start time NOT NULL DEFAULT '21:00',
    quiet_hours_end time NOT NULL DEFAULT '08:00',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organizations_slug_key UNIQUE (slug)
  );
  CREATE UNIQUE INDEX organizations_one_platform_owner ON organizations (is_platform_owner) WHERE is_platform_owner;
  ${tenantPolicies('organizations', 'id')}
  ${touchUpdatedAt('organizations')}
  ${recordRowChanges('organizations', [])}
  GRANT SELECT ON organizations TO frontdesk_app;
  GRANT SELECT, INSERT, UPDATE ON organizations TO frontdesk_service;
`;

const PEOPLE = `
  CREATE DOMAIN user_status AS text CHECK (VALUE IN ('active', 'disabled'));
  -- Global: one person, many organizations. Requests have no access at all; signing in is the service role's.
  CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    phone_number varchar(20) CHECK (phone_number ~ '^\\+[1-9][0-9]{5,14}$'),
    password_hash text,
    status user_status NOT NULL DEFAULT 'active',
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_email_key UNIQUE (email)
  );
  CREATE INDEX idx_users_phone_number ON users (phone_number);
  ${touchUpdatedAt('users')}
  GRANT SELECT, INSERT, UPDATE ON users TO frontdesk_service;

  CREATE DOMAIN membership_role AS text CHECK (VALUE IN ('owner', 'admin', 'agent', 'viewer'));
  CREATE TABLE memberships (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    role membership_role NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT memberships_org_user_key UNIQUE (org_id, user_id)
  );
  CREATE INDEX idx_memberships_user ON memberships (user_id);
  ${protectTenantTable({
    table: 'memberships',
    app: 'SELECT',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: [] },
  })}
  ${definerMay('SELECT', 'memberships')}
  ${definerMay('SELECT', 'organizations')}
`;

const CREDENTIALS = `
  CREATE TABLE api_keys (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    prefix text NOT NULL CHECK (prefix ~ '^[a-z0-9]{12}$'),
    secret_hash text NOT NULL,
    scopes text[] NOT NULL,
    created_by uuid,
    last_used_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT api_keys_org_prefix_key UNIQUE (org_id, prefix)
  );
  CREATE INDEX idx_api_keys_prefix ON api_keys (prefix);
  ${protectTenantTable({
    table: 'api_keys',
    app: `SELECT (org_id, id, name, prefix, scopes, created_by, last_used_at, expires_at, revoked_at, created_at, updated_at),
      INSERT, UPDATE (name, revoked_at)`,
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: ['secret_hash'] },
  })}
  ${definerMay('SELECT', 'api_keys')}

  -- A session is one sign-in on one device, and the family of its refresh tokens.
  CREATE TABLE auth_sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    signed_in_org_id uuid NOT NULL REFERENCES organizations (id),
    ip_address inet,
    user_agent text CHECK (length(user_agent) <= 300),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX idx_auth_sessions_user ON auth_sessions (user_id);
  CREATE TABLE auth_refresh_tokens (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES auth_sessions (id),
    token_hash text NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT auth_refresh_tokens_hash_key UNIQUE (token_hash)
  );
  CREATE INDEX idx_auth_refresh_tokens_session ON auth_refresh_tokens (session_id);
  GRANT SELECT, INSERT, UPDATE, DELETE ON auth_sessions, auth_refresh_tokens TO frontdesk_service;

  -- Data keys of an organization, wrapped by a master key; what they seal names them by id.
  CREATE TABLE organization_keys (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    wrapped_key text NOT NULL,
    master_key_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  ${protectTenantTable({
    table: 'organization_keys',
    app: '',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: ['wrapped_key'] },
  })}
  ${definerMay('SELECT', 'organization_keys')}

  -- Answers to requests that bore an Idempotency-Key, kept for a day.
  CREATE TABLE idempotency_keys (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    operation text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint text NOT NULL,
    response_status int NOT NULL,
    response_body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT idempotency_keys_operation_key UNIQUE (org_id, operation, key)
  );
  CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
  ${protectTenantTable({
    table: 'idempotency_keys',
    app: 'SELECT, INSERT',
    service: 'SELECT, INSERT',
    audit: { exempt: 'a copy of an answer that was given' },
    touched: false,
  })}
  ${definerMay('SELECT', 'idempotency_keys')}
  ${definerMay('DELETE', 'idempotency_keys')}
`;

const LOOKUPS = `
  -- Where a person belongs: needed before an organization is chosen.
  CREATE FUNCTION list_user_memberships(member uuid)
    RETURNS TABLE (org_id uuid, org_name text, org_slug text, org_status text, role text, joined_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT m.org_id, o.name, o.slug, o.status::text, m.role::text, m.created_at
      FROM memberships m JOIN organizations o ON o.id = m.org_id
      WHERE m.user_id = member ORDER BY m.created_at, m.org_id
    $$;

  -- For the operator's tools, which know an organization by its slug alone.
  CREATE FUNCTION find_organization_by_slug(wanted_slug text) RETURNS TABLE (id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT o.id, o.name FROM organizations o WHERE o.slug = wanted_slug
    $$;

  -- The keys that bear a public prefix: one, unless two organizations drew the same 62 random bits.
  CREATE FUNCTION find_api_keys(wanted_prefix text)
    RETURNS TABLE (org_id uuid, id uuid, secret_hash text, scopes text[], expires_at timestamptz, revoked_at timestamptz, org_status text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.org_id, k.id, k.secret_hash, k.scopes, k.expires_at, k.revoked_at, o.status::text
      FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.prefix = wanted_prefix
    $$;

  CREATE FUNCTION expire_idempotency_keys() RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE gone int;
    BEGIN
      DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours';
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $$;
  ${ownedByDefiner({
    'list_user_memberships(uuid)': 'frontdesk_service',
    'find_organization_by_slug(text)': 'frontdesk_service',
    'find_api_keys(text)': 'frontdesk_service',
    'expire_idempotency_keys()': 'frontdesk_service',
  })}
`;
