import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NO_SHARED_NUMBER_CARE, SHARED_NUMBER_CARE } from './support/shared-number-care';
import { NO_SHARED_NUMBER_MEMBERS, SHARED_NUMBER_MEMBERS } from './support/shared-number-members';
import { NO_SHARED_NUMBER_ROUTING, SHARED_NUMBER_ROUTING } from './support/shared-number-routing';
import { definerMay, protectTenantTable } from './support/tenant-table';

/**
 * Numbers of the installation's operator that many organizations use. The number is a connection of the operator's organization; each
 * organization that uses it has a row of its own beside it, without credentials. Whose a message is, is found by its sender; one of
 * which that is not known is parked.
 */
export class SharedNumbers1763600000028 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONNECTIONS);
    await runner.query(TABLES);
    await runner.query(RIGHTS);
    await runner.query(SHARED_NUMBER_MEMBERS);
    await runner.query(SHARED_NUMBER_ROUTING);
    await runner.query(SHARED_NUMBER_CARE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(NO_SHARED_NUMBER_CARE);
    await runner.query(NO_SHARED_NUMBER_ROUTING);
    await runner.query(quietly('DELETE FROM channel_connections WHERE shared_connection_id IS NOT NULL'));
    await runner.query(
      quietly(`UPDATE channel_connections SET routing = 'dedicated' WHERE routing = 'shared'`),
    );
    await runner.query(NO_SHARED_NUMBER_MEMBERS);
    await runner.query(NO_RIGHTS);
    await runner.query(`
      DROP TABLE parked_deliveries, shared_senders, shared_number_members;
      DROP DOMAIN parked_state, parked_reason;`);
    await runner.query(CONNECTIONS_BEFORE);
  }
}

/** Over all organizations, and without a word in the trail. */
function quietly(change: string): string {
  return `
    ALTER TABLE channel_connections NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE channel_connections DISABLE TRIGGER channel_connections_audit, DISABLE TRIGGER channel_connections_updated_at;
    ${change};
    ALTER TABLE channel_connections ENABLE TRIGGER channel_connections_audit, ENABLE TRIGGER channel_connections_updated_at;
    ALTER TABLE channel_connections FORCE ROW LEVEL SECURITY;`;
}

const CONNECTIONS = `
  -- Set where an organization uses a number of the operator's: the connection there. It is another organization's row, so that no
  -- foreign key leads to it, and of no effect without the row in shared_number_members.
  ALTER TABLE channel_connections
    ADD COLUMN shared_connection_id uuid,
    ALTER COLUMN credentials DROP NOT NULL,
    ALTER COLUMN credentials_key_id DROP NOT NULL,
    ADD CONSTRAINT channel_connections_shared_check CHECK (
      (credentials IS NULL) = (shared_connection_id IS NOT NULL)
      AND (credentials IS NULL) = (credentials_key_id IS NULL)
      AND (shared_connection_id IS NULL OR routing = 'shared')),
    ADD CONSTRAINT channel_connections_shared_key UNIQUE (org_id, shared_connection_id);
  GRANT SELECT (shared_connection_id) ON channel_connections TO frontdesk_app;
`;

const CONNECTIONS_BEFORE = `
  ALTER TABLE channel_connections
    DROP CONSTRAINT channel_connections_shared_key,
    DROP CONSTRAINT channel_connections_shared_check,
    DROP COLUMN shared_connection_id,
    ALTER COLUMN credentials SET NOT NULL,
    ALTER COLUMN credentials_key_id SET NOT NULL;
`;

const TABLES = `
  -- Who uses which number. A table of the operator's organization, as the two below.
  CREATE TABLE shared_number_members (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    member_org_id uuid NOT NULL,
    -- The member's own connection.
    member_connection_id uuid NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT shared_number_members_key UNIQUE (org_id, connection_id, member_org_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id)
  );
  CREATE INDEX idx_shared_number_members_connection ON shared_number_members (member_connection_id);
  ${protectTenantTable({
    table: 'shared_number_members',
    app: 'SELECT',
    service: 'SELECT',
    audit: { hidden: [] },
    touched: false,
  })}

  -- What is remembered of a person of whom several organizations are possible: what they were asked, until when an answer is
  -- waited for, and what was chosen, by them or for them.
  CREATE TABLE shared_senders (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    address text NOT NULL CHECK (length(address) BETWEEN 1 AND 128),
    -- The organizations in the order of the question.
    options uuid[] NOT NULL DEFAULT '{}',
    -- How often they were asked without a fitting answer.
    times_asked int NOT NULL DEFAULT 0,
    asked_at timestamptz,
    -- The question was handed to the provider, or perhaps was: this one is never sent again.
    sent_at timestamptz,
    answer_until timestamptz,
    chosen_org_id uuid,
    chosen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT shared_senders_address_key UNIQUE (org_id, address, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE CASCADE
  );
  ${protectTenantTable({
    table: 'shared_senders',
    app: 'SELECT',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['address'] },
  })}

  CREATE DOMAIN parked_state AS text CHECK (VALUE IN ('asked', 'waiting', 'assigned', 'discarded', 'expired'));
  CREATE DOMAIN parked_reason AS text CHECK (VALUE IN ('unknown_sender', 'several_organizations', 'not_answered'));
  -- Messages of which it is not known whose they are: asked, while their sender may still answer; waiting, for the operator. What was
  -- written stays in the log, in a row of no organization.
  CREATE TABLE parked_deliveries (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    -- Null once it is settled.
    address text CHECK (length(address) BETWEEN 1 AND 128),
    webhook_log_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    -- Row of processed_webhook_events: the claim, which is worked off when this is settled.
    claim_id uuid NOT NULL,
    state parked_state NOT NULL,
    reason parked_reason NOT NULL,
    assigned_org_id uuid,
    settled_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT parked_deliveries_claim_key UNIQUE (org_id, claim_id),
    CONSTRAINT parked_deliveries_state_check CHECK (
      (state IN ('asked', 'waiting')) = (settled_at IS NULL) AND (state = 'assigned') = (assigned_org_id IS NOT NULL)
      AND (address IS NULL) = (settled_at IS NOT NULL)),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id)
  );
  CREATE INDEX idx_parked_deliveries_state ON parked_deliveries (org_id, state, id);
  CREATE INDEX idx_parked_deliveries_connection ON parked_deliveries (org_id, connection_id, state);
  CREATE INDEX idx_parked_deliveries_address ON parked_deliveries (org_id, address) WHERE address IS NOT NULL;
  ${protectTenantTable({
    table: 'parked_deliveries',
    app: 'SELECT',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['address'] },
  })}
`;

/** What the functions need to see beyond what they did before. */
const DEFINER = [
  ['SELECT', 'shared_number_members'],
  ['INSERT', 'shared_number_members'],
  ['DELETE', 'shared_number_members'],
  ['SELECT', 'shared_senders'],
  ['DELETE', 'shared_senders'],
  ['SELECT', 'phone_number_mappings'],
  ['SELECT', 'consent_keywords'],
  ['SELECT', 'connection_paces'],
  ['INSERT', 'connection_paces'],
  ['UPDATE', 'connection_paces'],
  ['INSERT', 'channel_connections'],
  ['DELETE', 'channel_connections'],
  ['UPDATE', 'webhook_logs'],
] as const;

const RIGHTS = `
  ${DEFINER.map(([command, table]) => definerMay(command, table)).join('')}
  GRANT SELECT (phone_number, status) ON users TO frontdesk_definer;
`;

const NO_RIGHTS = `
  REVOKE SELECT (phone_number, status) ON users FROM frontdesk_definer;
  ${DEFINER.filter(([, table]) => !['shared_number_members', 'shared_senders'].includes(table))
    .map(
      ([command, table]) => `
  DROP POLICY ${table}_definer_${command.toLowerCase()} ON ${table};
  REVOKE ${command} ON ${table} FROM frontdesk_definer;`,
    )
    .join('')}
`;
