import type { MigrationInterface, QueryRunner } from 'typeorm';
import { versioned } from './support/row-version';
import { protectTenantTable } from './support/tenant-table';

/** Calls: what voice numbers do when somebody calls, and the log of calls. */
export class Calls1763600000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(VOICE_SETTINGS);
    await runner.query(CALLS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE calls;
      DROP DOMAIN call_status;
      DROP TABLE voice_settings;`);
  }
}

const VOICE_SETTINGS = `
  -- One row a connection, under its id, once somebody chose.
  CREATE TABLE voice_settings (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    language text NOT NULL CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'),
    voice text CHECK (voice ~ '^[A-Za-z0-9._-]{1,60}$'),
    greeting text CHECK (length(greeting) BETWEEN 1 AND 1000),
    -- Numbers of staff that ring together, E.164.
    forward_to text[] NOT NULL CHECK (cardinality(forward_to) <= 10),
    forward_timeout_seconds int NOT NULL CHECK (forward_timeout_seconds BETWEEN 5 AND 120),
    -- When somebody is there; null: always.
    forward_hours jsonb,
    voicemail_enabled boolean NOT NULL,
    voicemail_prompt text CHECK (length(voicemail_prompt) BETWEEN 1 AND 1000),
    voicemail_max_seconds int NOT NULL CHECK (voicemail_max_seconds BETWEEN 5 AND 600),
    -- Once a recording is stored here, the provider's copy goes.
    voicemail_deleted_at_provider boolean NOT NULL,
    closing text NOT NULL CHECK (length(closing) BETWEEN 1 AND 1000),
    stop_prompt text NOT NULL CHECK (length(stop_prompt) BETWEEN 1 AND 300),
    missed_text_enabled boolean NOT NULL,
    missed_text text NOT NULL CHECK (length(missed_text) BETWEEN 1 AND 1000),
    missed_text_connection_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, id) REFERENCES channel_connections (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, missed_text_connection_id) REFERENCES channel_connections (org_id, id)
      ON DELETE SET NULL (missed_text_connection_id)
  );
  CREATE INDEX idx_voice_settings_missed_text_connection ON voice_settings (org_id, missed_text_connection_id);
  ${protectTenantTable({
    table: 'voice_settings',
    app: 'SELECT, INSERT, UPDATE',
    service: 'SELECT',
    audit: { hidden: ['forward_to'] },
  })}
  ${versioned('voice_settings')}
`;

const CALLS = `
  -- missed: it came in, and nobody of the business spoke with the caller.
  CREATE DOMAIN call_status AS text CHECK (VALUE IN
    ('queued', 'ringing', 'in_progress', 'answered', 'missed', 'busy', 'no_answer', 'failed', 'canceled'));
  CREATE TABLE calls (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    direction message_direction NOT NULL,
    connection_id uuid,
    -- Null of a caller who withholds the number.
    contact_id uuid,
    conversation_id uuid,
    -- What was said in it: the voicemail, or the message that it was made to speak.
    message_id uuid,
    provider_call_id text NOT NULL CHECK (length(provider_call_id) BETWEEN 1 AND 64),
    from_address text CHECK (length(from_address) BETWEEN 1 AND 128),
    to_address text CHECK (length(to_address) BETWEEN 1 AND 128),
    status call_status NOT NULL,
    error_code text CHECK (length(error_code) BETWEEN 1 AND 64),
    -- To the millisecond, as clocks here tell it: a page's cursor holds it without loss.
    started_at timestamptz(3) NOT NULL,
    answered_at timestamptz(3),
    ended_at timestamptz(3),
    duration_seconds int CHECK (duration_seconds >= 0),
    -- The provider's id of the voicemail, and when its copy was deleted there.
    recording_id text CHECK (length(recording_id) BETWEEN 1 AND 64),
    recording_seconds int CHECK (recording_seconds >= 0),
    recording_deleted_at timestamptz,
    -- What was written to the caller because nobody answered, or why nothing was.
    text_back_message_id uuid,
    text_back_at timestamptz,
    text_back_refusal text CHECK (length(text_back_refusal) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT calls_provider_call_key UNIQUE (org_id, provider_call_id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE SET NULL (connection_id),
    FOREIGN KEY (org_id, conversation_id) REFERENCES conversations (org_id, id) ON DELETE SET NULL (conversation_id),
    FOREIGN KEY (org_id, message_id) REFERENCES messages (org_id, id) ON DELETE SET NULL (message_id),
    FOREIGN KEY (org_id, text_back_message_id) REFERENCES messages (org_id, id) ON DELETE SET NULL (text_back_message_id),
    CHECK (status <> 'missed' OR direction = 'incoming')
  );
  CREATE INDEX idx_calls_org_started ON calls (org_id, started_at DESC, id DESC);
  CREATE INDEX idx_calls_org_status ON calls (org_id, status, started_at DESC, id DESC);
  CREATE INDEX idx_calls_org_contact ON calls (org_id, contact_id, started_at DESC, id DESC);
  CREATE INDEX idx_calls_org_connection ON calls (org_id, connection_id, started_at DESC, id DESC);
  CREATE INDEX idx_calls_org_conversation ON calls (org_id, conversation_id);
  CREATE INDEX idx_calls_org_message ON calls (org_id, message_id);
  CREATE INDEX idx_calls_org_text_back ON calls (org_id, text_back_message_id);
  ${protectTenantTable({
    table: 'calls',
    app: 'SELECT, UPDATE (contact_id, conversation_id)',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['from_address', 'to_address'] },
  })}
`;
