import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** Sign-up, settings, suspension, and what the operator of the installation sees. */
export class Organizations1763600000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SETTINGS);
    await runner.query(
      memberships({ column: 'org_is_platform_owner boolean', value: 'o.is_platform_owner' }),
    );
    await runner.query(SIGN_UPS);
    await runner.query(OPERATOR_ACCESSES);
    await runner.query(TALLIES);
    await runner.query(OVERVIEW);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION job_figures_of(uuid[]);
      DROP FUNCTION webhook_tallies_of(uuid[], date);
      DROP FUNCTION message_tallies_of(uuid[], date);
      DROP FUNCTION connection_figures_of(uuid[]);
      DROP FUNCTION list_organizations(text, text, uuid, int);
      DROP FUNCTION list_organization_ids(uuid, int);
      DROP FUNCTION find_operator_access(uuid, uuid);
      DROP TABLE webhook_tallies, message_tallies, operator_accesses, pending_sign_ups;
    `);
    await runner.query(memberships());
    await runner.query(`
      REVOKE UPDATE (${CHANGEABLE}) ON organizations FROM frontdesk_app;
      ALTER TABLE organizations DROP COLUMN suspended_at, DROP COLUMN suspension_reason;
    `);
  }
}

/** What members with the right change themselves. */
const CHANGEABLE = `name, slug, timezone, default_country, locale, quiet_hours_start, quiet_hours_end,
  audit_retention_days, webhook_retention_days, message_retention_days`;

const SETTINGS = `
  ALTER TABLE organizations
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspension_reason text CHECK (length(suspension_reason) BETWEEN 1 AND 500);
  GRANT UPDATE (${CHANGEABLE}) ON organizations TO frontdesk_app;
`;

/** Where a person belongs; with a further column, since what a role may depends on which organization it is in. */
function memberships(more?: { readonly column: string; readonly value: string }): string {
  return `
  DROP FUNCTION list_user_memberships(uuid);
  CREATE FUNCTION list_user_memberships(member uuid)
    RETURNS TABLE (org_id uuid, org_name text, org_slug text, org_status text, role text, joined_at timestamptz${more ? `, ${more.column}` : ''})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT m.org_id, o.name, o.slug, o.status::text, m.role::text, m.created_at${more ? `, ${more.value}` : ''}
      FROM memberships m JOIN organizations o ON o.id = m.org_id
      WHERE m.user_id = member ORDER BY m.created_at, m.org_id
    $$;
  ${ownedByDefiner({ 'list_user_memberships(uuid)': 'frontdesk_service' })}`;
}

const SIGN_UPS = `
  -- An organization that someone asked for and that does not exist yet: their address is not confirmed. The token is kept
  -- as its SHA-256 alone, and made by the job that mails it.
  CREATE TABLE pending_sign_ups (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    name text NOT NULL,
    slug text NOT NULL,
    timezone text NOT NULL,
    default_country text NOT NULL,
    locale text NOT NULL,
    token_hash text,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
  );
  CREATE INDEX idx_pending_sign_ups_email ON pending_sign_ups (email, created_at);
  CREATE INDEX idx_pending_sign_ups_expires ON pending_sign_ups (expires_at);
  GRANT SELECT, INSERT, UPDATE, DELETE ON pending_sign_ups TO frontdesk_service;
`;

const OPERATOR_ACCESSES = `
  -- The operator looks into an organization: for a stated reason, for minutes, and to be seen by that organization.
  CREATE TABLE operator_accesses (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    operator_id uuid NOT NULL REFERENCES users (id),
    session_id uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  ${protectTenantTable({
    table: 'operator_accesses',
    app: 'SELECT (org_id, id, operator_id, reason, expires_at, ended_at, ended_by, created_at), UPDATE (ended_at, ended_by)',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: [] },
  })}
  ${definerMay('SELECT', 'operator_accesses')}

  -- Asked with every request of an operator's token, before an organization is at hand.
  CREATE FUNCTION find_operator_access(org uuid, access uuid)
    RETURNS TABLE (operator_id uuid, session_id uuid, expires_at timestamptz, ended_at timestamptz, org_status text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT a.operator_id, a.session_id, a.expires_at, a.ended_at, o.status::text
      FROM operator_accesses a JOIN organizations o ON o.id = a.org_id WHERE a.org_id = org AND a.id = access
    $$;
  ${ownedByDefiner({ 'find_operator_access(uuid, uuid)': 'frontdesk_service' })}
`;

const tally = (table: string, counts: readonly string[]): string => `
  CREATE TABLE ${table} (
    org_id uuid NOT NULL REFERENCES organizations (id),
    day date NOT NULL,
    ${counts.map((count) => `${count} int NOT NULL`).join(', ')},
    PRIMARY KEY (org_id, day)
  );
  ${protectTenantTable({
    table,
    app: '',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { exempt: 'counts of rows that are there, made anew every quarter of an hour' },
    touched: false,
  })}
  ${definerMay('SELECT', table)}
  CREATE FUNCTION ${table}_of(orgs uuid[], since date)
    RETURNS TABLE (org_id uuid, day text, ${counts.map((count) => `${count} int`).join(', ')})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT t.org_id, t.day::text, ${counts.map((count) => `t.${count}`).join(', ')}
      FROM unnest(orgs) wanted JOIN ${table} t ON t.org_id = wanted AND t.day >= since ORDER BY t.org_id, t.day
    $$;
  ${ownedByDefiner({ [`${table}_of(uuid[], date)`]: 'frontdesk_service' })}
`;

/** What happened on a day, counted beforehand: an overview of many organizations must not read their messages. */
const TALLIES = `
  ${tally('message_tallies', ['received', 'waiting', 'sent', 'delivered', 'failed'])}
  ${tally('webhook_tallies', ['waiting', 'processed', 'failed', 'refused'])}
`;

const OVERVIEW = `
  -- For work that goes through all organizations, one after the other.
  CREATE FUNCTION list_organization_ids(after_id uuid, page_size int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT o.id FROM organizations o WHERE after_id IS NULL OR o.id > after_id ORDER BY o.id LIMIT LEAST(page_size, 500)
    $$;

  -- Organizations for the operator, newest first: ids are made in the order of time. Says how many people, never who.
  CREATE FUNCTION list_organizations(wanted_status text, part text, before_id uuid, page_size int)
    RETURNS TABLE (id uuid, name text, slug text, status text, is_platform_owner boolean, created_at timestamptz,
      suspended_at timestamptz, suspension_reason text, members int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT o.id, o.name, o.slug, o.status::text, o.is_platform_owner, o.created_at, o.suspended_at, o.suspension_reason,
        (SELECT count(*)::int FROM memberships m WHERE m.org_id = o.id)
      FROM organizations o
      WHERE (before_id IS NULL OR o.id < before_id)
        AND (wanted_status IS NULL OR o.status = wanted_status)
        AND (part IS NULL OR position(lower(part) IN lower(o.name)) > 0 OR position(lower(part) IN o.slug) > 0)
      ORDER BY o.id DESC LIMIT LEAST(page_size, 201)
    $$;

  CREATE FUNCTION connection_figures_of(orgs uuid[]) RETURNS TABLE (org_id uuid, active int, total int)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, count(*) FILTER (WHERE c.is_active)::int, count(*)::int
      FROM unnest(orgs) wanted JOIN channel_connections c ON c.org_id = wanted GROUP BY c.org_id
    $$;

  -- The queue has no index by organization: it is read once for a whole page, and it is short while work is done.
  CREATE FUNCTION job_figures_of(orgs uuid[])
    RETURNS TABLE (org_id uuid, waiting int, dead int, lag_seconds float8)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT (j.payload->>'orgId')::uuid, count(*) FILTER (WHERE j.is_available AND j.run_at <= now())::int,
        count(*) FILTER (WHERE NOT j.is_available AND j.locked_at IS NULL)::int,
        COALESCE(extract(epoch FROM now() - min(j.run_at) FILTER (WHERE j.is_available AND j.run_at <= now())), 0)::float8
      FROM graphile_worker._private_jobs j WHERE j.payload->>'orgId' = ANY (orgs::text[]) GROUP BY 1
    $$;
  GRANT EXECUTE ON FUNCTION job_figures_of(uuid[]) TO frontdesk_service;
  ${ownedByDefiner({
    'list_organization_ids(uuid, int)': 'frontdesk_service',
    'list_organizations(text, text, uuid, int)': 'frontdesk_service',
    'connection_figures_of(uuid[])': 'frontdesk_service',
  })}
`;
