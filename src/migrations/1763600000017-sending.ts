import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** How messages wait, are handed over at a pace, and are heard of: the table of messages is the queue. */
export class Sending1763600000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MESSAGES);
    await runner.query(FILL);
    await runner.query(QUEUE);
    await runner.query(STATUS_EVENTS);
    await runner.query(PACE);
    await runner.query(SESSION_WINDOWS);
    await runner.query(PRIORITY);
    await runner.query(STUCK_MESSAGES);
  }

  /** Messages that are held are none that the program before could send: they end as canceled. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION list_idle_bulk_connections(timestamptz);
      ${stuckMessages('greatest(m.created_at, m.attempted_at)')}
      DROP FUNCTION enqueue_job(text, json, text, timestamptz, int, text, int);
      DROP INDEX idx_conversations_window;
      ALTER TABLE conversations DROP COLUMN window_warned_at;
      DROP TABLE connection_paces;
      ALTER TABLE channel_connections DROP COLUMN sends_per_second;
      DROP TABLE message_status_events;
      DROP FUNCTION refuse_change_but_with_message();
      DROP DOMAIN status_event_source;
      DROP FUNCTION list_due_held_messages(timestamptz);
      DROP TRIGGER messages_place ON messages;
      DROP FUNCTION place_outgoing_message();
    `);
    await runner.query(quietly(`UPDATE messages SET status = 'canceled' WHERE status = 'held'`));
    await runner.query(quietly(`UPDATE messages SET purpose = 'reply' WHERE purpose = 'bulk'`));
    await runner.query(`
      DROP INDEX idx_messages_unfinished;
      DROP INDEX idx_messages_dispatch;
      DROP INDEX idx_messages_turn;
      DROP INDEX idx_messages_handed_over;
      DROP INDEX idx_messages_held;
      DROP INDEX idx_messages_org_held;
      DROP INDEX idx_messages_cause;
      ALTER TABLE messages DROP COLUMN connection_id, DROP COLUMN consent_purpose, DROP COLUMN lane,
        DROP COLUMN queued_at, DROP COLUMN next_attempt_at, DROP COLUMN dispatch_id, DROP COLUMN held_because,
        DROP COLUMN held_until, DROP COLUMN cause_type, DROP COLUMN cause_id;
      DROP DOMAIN message_hold, consent_purpose;
      ALTER DOMAIN message_status DROP CONSTRAINT message_status_check;
      ALTER DOMAIN message_status ADD CONSTRAINT message_status_check CHECK (VALUE IN
        ('received', 'queued', 'sending', 'unknown', 'sent', 'canceled', 'undelivered', 'failed', 'delivered', 'read'));
      ALTER DOMAIN message_purpose DROP CONSTRAINT message_purpose_check;
      ALTER DOMAIN message_purpose ADD CONSTRAINT message_purpose_check CHECK (VALUE IN ('reply', 'consent_reply'));
      CREATE INDEX idx_messages_unfinished ON messages (org_id, id)
        WHERE status = 'queued' OR status = 'unknown' OR (status = 'sending' AND provider_message_id IS NULL);
    `);
  }
}

/** A change of every message that is none of anybody's: past the policies, the trail and the clock of changes. */
function quietly(change: string): string {
  return `
    ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE messages DISABLE TRIGGER messages_audit, DISABLE TRIGGER messages_updated_at;
    ${change};
    ALTER TABLE messages ENABLE TRIGGER messages_audit, ENABLE TRIGGER messages_updated_at;
    ALTER TABLE messages FORCE ROW LEVEL SECURITY;`;
}

const MESSAGES = `
  ALTER DOMAIN message_status DROP CONSTRAINT message_status_check;
  ALTER DOMAIN message_status ADD CONSTRAINT message_status_check CHECK (VALUE IN
    ('received', 'held', 'queued', 'sending', 'unknown', 'sent', 'canceled', 'undelivered', 'failed', 'delivered', 'read'));
  -- bulk: one of many, to a segment of contacts.
  ALTER DOMAIN message_purpose DROP CONSTRAINT message_purpose_check;
  ALTER DOMAIN message_purpose ADD CONSTRAINT message_purpose_check CHECK (VALUE IN ('reply', 'consent_reply', 'bulk'));
  CREATE DOMAIN consent_purpose AS text CHECK (VALUE IN ('transactional', 'marketing'));
  CREATE DOMAIN message_hold AS text CHECK (VALUE IN ('scheduled', 'quiet_hours'));
  ALTER TABLE messages
    -- The connection that an outgoing message goes out by; written when it is made. No foreign key: messages outlive the
    -- number, and those that wait then fail.
    ADD COLUMN connection_id uuid,
    -- What the person must have consented to.
    ADD COLUMN consent_purpose consent_purpose NOT NULL DEFAULT 'transactional',
    -- Who goes first when not all can: confirmations of consent, then replies, then bulk.
    ADD COLUMN lane smallint GENERATED ALWAYS AS
      (CASE purpose::text WHEN 'consent_reply' THEN 0 WHEN 'reply' THEN 1 ELSE 2 END) STORED,
    -- Since when it waits for its turn; later than created_at where it was held.
    ADD COLUMN queued_at timestamptz(3),
    -- Not to be offered to the provider before.
    ADD COLUMN next_attempt_at timestamptz,
    -- The job that handed it over, so that its next run knows what it left behind.
    ADD COLUMN dispatch_id bigint,
    ADD COLUMN held_because message_hold,
    -- To the millisecond, since a page's cursor holds it.
    ADD COLUMN held_until timestamptz(3),
    -- What it is about, for whoever made it: a cause that is cancelled cancels the message.
    ADD COLUMN cause_type text CHECK (length(cause_type) BETWEEN 1 AND 64),
    ADD COLUMN cause_id text CHECK (length(cause_id) BETWEEN 1 AND 128);
`;

const FILL = quietly(`UPDATE messages m SET queued_at = m.created_at,
  connection_id = CASE WHEN m.direction = 'outgoing' THEN c.connection_id END
  FROM conversations c WHERE c.org_id = m.org_id AND c.id = m.conversation_id`);

/** What waits to be sent, is being handed over, or may have been: the provider is not known to have it. */
const UNFINISHED = `status = 'queued' OR status = 'unknown' OR (status = 'sending' AND provider_message_id IS NULL)`;

const QUEUE = `
  ALTER TABLE messages
    ALTER COLUMN queued_at SET DEFAULT now(), ALTER COLUMN queued_at SET NOT NULL,
    ADD CONSTRAINT messages_held_check CHECK ((status = 'held') = (held_until IS NOT NULL AND held_because IS NOT NULL)),
    ADD CONSTRAINT messages_cause_check CHECK ((cause_type IS NULL) = (cause_id IS NULL));
  -- What a connection hands over next; a thread's turn; what is under way; what is let go when; what a cause made.
  CREATE INDEX idx_messages_dispatch ON messages (org_id, connection_id, lane, queued_at, id) WHERE status = 'queued';
  CREATE INDEX idx_messages_turn ON messages (org_id, conversation_id, queued_at, id)
    WHERE status = 'queued' OR (status = 'sending' AND provider_message_id IS NULL);
  CREATE INDEX idx_messages_handed_over ON messages (org_id, conversation_id, attempted_at)
    WHERE status = 'sending' AND provider_message_id IS NULL;
  CREATE INDEX idx_messages_held ON messages (held_until, org_id, id) WHERE status = 'held';
  CREATE INDEX idx_messages_org_held ON messages (org_id, held_until, id) WHERE status = 'held';
  CREATE INDEX idx_messages_cause ON messages (org_id, cause_type, cause_id, status) WHERE cause_id IS NOT NULL;
  DROP INDEX idx_messages_unfinished;
  CREATE INDEX idx_messages_unfinished ON messages (org_id, id) WHERE ${UNFINISHED};

  -- An outgoing message goes out by the connection of its thread, whatever was written.
  CREATE FUNCTION place_outgoing_message() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
      SELECT c.connection_id INTO NEW.connection_id FROM conversations c
        WHERE c.org_id = NEW.org_id AND c.id = NEW.conversation_id;
      RETURN NEW;
    END $$;
  -- Organizations in which the time of a message has come.
  CREATE FUNCTION list_due_held_messages(due_at timestamptz) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT DISTINCT m.org_id FROM messages m WHERE m.status = 'held' AND m.held_until <= due_at
    $$;
  ${ownedByDefiner({ 'list_due_held_messages(timestamptz)': 'frontdesk_service' })}
  CREATE TRIGGER messages_place BEFORE INSERT OR UPDATE OF conversation_id ON messages FOR EACH ROW
    WHEN (NEW.direction = 'outgoing') EXECUTE FUNCTION place_outgoing_message();
`;

/** As migration 7 has it, with what counts as the time since when a message is unfinished. */
function stuckMessages(since: string, which = UNFINISHED): string {
  return `
    CREATE OR REPLACE FUNCTION find_stuck_messages(idle_since timestamptz, after_org uuid, after_id uuid, page_size int)
      RETURNS TABLE (org_id uuid, id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT m.org_id, m.id FROM messages m
        WHERE (${which})
          AND (m.org_id, m.id) > (after_org, after_id) AND ${since} < idle_since
        ORDER BY m.org_id, m.id LIMIT LEAST(page_size, 500)
      $$;`;
}

const STUCK_MESSAGES = `
  ${stuckMessages(
    'greatest(m.queued_at, m.attempted_at)',
    `status = 'unknown' OR (status = 'sending' AND provider_message_id IS NULL)
          OR (status = 'queued' AND (lane < 2 OR connection_id IS NULL))`,
  )}
  -- Bulk messages may wait for long, and not one by one: connections of which some have been waiting since \`idle_since\`.
  CREATE FUNCTION list_idle_bulk_connections(idle_since timestamptz) RETURNS TABLE (org_id uuid, connection_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT DISTINCT m.org_id, m.connection_id FROM messages m
      WHERE m.status = 'queued' AND m.lane = 2 AND m.connection_id IS NOT NULL AND m.queued_at < idle_since
    $$;
  ${ownedByDefiner({ 'list_idle_bulk_connections(timestamptz)': 'frontdesk_service' })}
`;

const STATUS_EVENTS = `
  CREATE DOMAIN status_event_source AS text CHECK (VALUE IN ('callback', 'answer', 'look_up'));
  -- Everything that a provider said about a message, as it said it; the message's status is what it comes to.
  CREATE TABLE message_status_events (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    provider_message_id text NOT NULL,
    status text NOT NULL CHECK (length(status) BETWEEN 1 AND 32),
    error_code text,
    source status_event_source NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, message_id) REFERENCES messages (org_id, id) ON DELETE CASCADE
  );
  CREATE INDEX idx_message_status_events_message ON message_status_events (org_id, message_id, occurred_at, id);
  ${protectTenantTable({
    table: 'message_status_events',
    app: 'SELECT, INSERT',
    service: 'SELECT, INSERT',
    audit: { exempt: 'append-only, and the message that it moves is' },
    touched: false,
  })}
  -- Added to and never changed; gone with its message, when the person is erased.
  CREATE FUNCTION refuse_change_but_with_message() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM messages m WHERE m.org_id = OLD.org_id AND m.id = OLD.message_id) THEN RETURN OLD; END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$;
  CREATE TRIGGER message_status_events_append_only BEFORE UPDATE OR DELETE ON message_status_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_with_message();
  CREATE TRIGGER message_status_events_no_truncate BEFORE TRUNCATE ON message_status_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  ALTER TABLE message_status_events ENABLE ALWAYS TRIGGER message_status_events_append_only;
  ALTER TABLE message_status_events ENABLE ALWAYS TRIGGER message_status_events_no_truncate;
`;

const PACE = `
  ALTER TABLE channel_connections ADD COLUMN sends_per_second int NOT NULL DEFAULT 80
    CHECK (sends_per_second BETWEEN 1 AND 1000);
  GRANT SELECT (sends_per_second), UPDATE (sends_per_second) ON channel_connections TO frontdesk_app;
  -- How many sends a connection has left at a moment, and until when its provider wants none.
  CREATE TABLE connection_paces (
    org_id uuid NOT NULL REFERENCES organizations (id),
    connection_id uuid NOT NULL,
    available double precision NOT NULL,
    counted_at timestamptz NOT NULL,
    blocked_until timestamptz,
    blocked_times int NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE CASCADE
  );
  ${protectTenantTable({
    table: 'connection_paces',
    app: 'SELECT',
    service: 'SELECT, INSERT, UPDATE',
    audit: { exempt: 'counts sends' },
    touched: false,
  })}
`;

const SESSION_WINDOWS = `
  -- The end of the session window of which it was told that it comes.
  ALTER TABLE conversations ADD COLUMN window_warned_at timestamptz;
  CREATE INDEX idx_conversations_window ON conversations (session_window_ends_at, org_id, id)
    WHERE session_window_ends_at IS NOT NULL;
`;

const PRIORITY = `
  -- As enqueue_job without a priority, and with one: lower goes first.
  CREATE FUNCTION enqueue_job(task text, payload json, job_key text, run_at timestamptz, max_attempts int,
      job_key_mode text, priority int) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    DECLARE org uuid := auth_org_id(); job_id bigint;
    BEGIN
      IF org IS NOT NULL AND payload->>'orgId' IS DISTINCT FROM org::text THEN
        RAISE EXCEPTION 'a job belongs to the organization at hand' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF org IS NULL AND session_user = 'frontdesk_app' THEN
        RAISE EXCEPTION 'a job needs an organization' USING ERRCODE = 'insufficient_privilege';
      END IF;
      SELECT id INTO job_id FROM graphile_worker.add_job(task, payload, NULL, run_at, max_attempts,
        CASE WHEN job_key IS NULL THEN NULL ELSE COALESCE(org::text, 'platform') || ':' || job_key END,
        priority, NULL, job_key_mode);
      RETURN job_id;
    END $$;
  GRANT EXECUTE ON FUNCTION enqueue_job(text, json, text, timestamptz, int, text, int)
    TO frontdesk_app, frontdesk_service, frontdesk_definer;
`;
