import type { MigrationInterface, QueryRunner } from 'typeorm';
import { versioned } from './support/row-version';
import { protectTenantTable } from './support/tenant-table';

/** One template to many: a segment of contacts, and what became of each of them. */
export class BulkSends1763600000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(BULK_SENDS);
    await runner.query(RECIPIENTS);
    await runner.query(MESSAGES);
  }

  /** What a pause held back is sent by nobody any more: it ends as canceled. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bulk_send_recipients, bulk_sends;
      DROP DOMAIN bulk_skip_reason, bulk_send_problem, bulk_send_status;
      ALTER TABLE messages DROP CONSTRAINT messages_held_check;
      ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
      ALTER TABLE messages DISABLE TRIGGER messages_audit, DISABLE TRIGGER messages_updated_at;
    `);
    await runner.query(
      `UPDATE messages SET status = 'canceled', held_because = NULL, held_until = NULL WHERE held_because = 'paused'`,
    );
    await runner.query(`
      ALTER TABLE messages ENABLE TRIGGER messages_audit, ENABLE TRIGGER messages_updated_at;
      ALTER TABLE messages FORCE ROW LEVEL SECURITY;
      ALTER TABLE messages ADD CONSTRAINT messages_held_check
        CHECK ((status = 'held') = (held_until IS NOT NULL AND held_because IS NOT NULL));
      ALTER DOMAIN message_hold DROP CONSTRAINT message_hold_check;
      ALTER DOMAIN message_hold ADD CONSTRAINT message_hold_check CHECK (VALUE IN ('scheduled', 'quiet_hours'));
    `);
  }
}

const BULK_SENDS = `
  CREATE DOMAIN bulk_send_status AS text
    CHECK (VALUE IN ('draft', 'scheduled', 'running', 'paused', 'completed', 'cancelled', 'failed'));
  CREATE DOMAIN bulk_send_problem AS text CHECK (VALUE IN
    ('organization_suspended', 'connection_gone', 'connection_inactive', 'template_not_usable', 'internal_error'));
  CREATE TABLE bulk_sends (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- Both are null when what they name was removed since.
    connection_id uuid,
    template_id uuid,
    -- [{ "name", "text" } or { "name", "field", "fallback" }]
    variables jsonb NOT NULL DEFAULT '[]',
    -- The filters of the list of contacts, by the names that they have there.
    segment jsonb NOT NULL DEFAULT '{}',
    per_minute int CHECK (per_minute BETWEEN 1 AND 60000),
    status bulk_send_status NOT NULL DEFAULT 'draft',
    -- Why it stopped by itself.
    problem bulk_send_problem,
    send_at timestamptz,
    -- How many contacts the segment had when it began, how many were looked at, up to which one, and if that was the last.
    total int,
    walked int NOT NULL DEFAULT 0,
    walked_to uuid,
    walked_all boolean NOT NULL DEFAULT false,
    -- How many of these were passed over, by reason.
    skipped jsonb NOT NULL DEFAULT '{}',
    -- By its own pace there is nothing more to queue before.
    fed_until timestamptz,
    created_by_type text NOT NULL,
    created_by uuid,
    started_by_type text,
    started_by uuid,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE SET NULL (connection_id),
    FOREIGN KEY (org_id, template_id) REFERENCES message_templates (org_id, id) ON DELETE SET NULL (template_id)
  );
  CREATE INDEX idx_bulk_sends_connection ON bulk_sends (org_id, connection_id);
  CREATE INDEX idx_bulk_sends_template ON bulk_sends (org_id, template_id);
  ${protectTenantTable({
    table: 'bulk_sends',
    app: 'SELECT, INSERT, UPDATE, DELETE',
    service: 'SELECT, INSERT, UPDATE',
    // A segment can name a person by number or name.
    audit: { hidden: ['segment'] },
  })}
  ${versioned('bulk_sends')}
`;

const RECIPIENTS = `
  CREATE DOMAIN bulk_skip_reason AS text CHECK (VALUE IN ('no_address', 'invalid_number', 'suspended', 'opted_out', 'no_consent',
    'duplicate_address', 'outside_window', 'missing_variable', 'unusable_variable'));
  -- Every contact that a bulk send looked at, once: what makes that nobody gets it twice.
  CREATE TABLE bulk_send_recipients (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    bulk_send_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    -- Where the message goes; null for who gets none.
    address text CHECK (length(address) BETWEEN 1 AND 128),
    -- Null for who gets none, and once the message is not kept any more.
    message_id uuid,
    skipped_because bulk_skip_reason,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT bulk_send_recipients_one_contact UNIQUE (org_id, bulk_send_id, contact_id),
    CONSTRAINT bulk_send_recipients_one_address UNIQUE (org_id, bulk_send_id, address),
    FOREIGN KEY (org_id, bulk_send_id) REFERENCES bulk_sends (org_id, id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id),
    FOREIGN KEY (org_id, message_id) REFERENCES messages (org_id, id) ON DELETE SET NULL (message_id),
    CHECK ((address IS NULL) = (skipped_because IS NOT NULL)),
    CHECK (message_id IS NULL OR skipped_because IS NULL)
  );
  CREATE INDEX idx_bulk_send_recipients_list ON bulk_send_recipients (org_id, bulk_send_id, id);
  CREATE INDEX idx_bulk_send_recipients_contact ON bulk_send_recipients (org_id, contact_id);
  CREATE INDEX idx_bulk_send_recipients_message ON bulk_send_recipients (org_id, message_id);
  ${protectTenantTable({
    table: 'bulk_send_recipients',
    app: 'SELECT, UPDATE, DELETE',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { exempt: 'the bulk send is, and so is every message that it makes' },
    touched: false,
  })}
`;

const MESSAGES = `
  -- A bulk send that is paused holds back what it queued, until somebody lets it go on: nobody knows when.
  ALTER DOMAIN message_hold DROP CONSTRAINT message_hold_check;
  ALTER DOMAIN message_hold ADD CONSTRAINT message_hold_check CHECK (VALUE IN ('scheduled', 'quiet_hours', 'paused'));
  ALTER TABLE messages DROP CONSTRAINT messages_held_check;
  ALTER TABLE messages ADD CONSTRAINT messages_held_check CHECK ((status = 'held') = (held_because IS NOT NULL)
    AND (held_until IS NOT NULL) = (status = 'held' AND held_because <> 'paused'));
  -- How far the messages of a cause have come, and which of them still wait.
`;
