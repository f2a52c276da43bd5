import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** What is said: threads and their messages. */
export class Conversations1763600000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONVERSATIONS);
    await runner.query(MESSAGES);
    await runner.query(STUCK_MESSAGES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION find_stuck_messages(timestamptz, uuid, uuid, int);
      DROP TABLE messages, conversations;
      DROP DOMAIN message_purpose, message_status, message_author, message_direction, answered_by_type, conversation_status;
    `);
  }
}

const CONVERSATIONS = `
  CREATE DOMAIN conversation_status AS text CHECK (VALUE IN ('open', 'pending', 'resolved', 'snoozed'));
  CREATE DOMAIN answered_by_type AS text CHECK (VALUE IN ('assistant', 'human'));
  CREATE TABLE conversations (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    connection_id uuid,
    -- Where the contact is reached: E.164, or WhatsApp's id of a person who shows no number.
    contact_address text NOT NULL CHECK (length(contact_address) BETWEEN 1 AND 128),
    status conversation_status NOT NULL DEFAULT 'open',
    assignee_id uuid,
    answered_by answered_by_type NOT NULL DEFAULT 'human',
    session_window_ends_at timestamptz,
    last_message_id uuid,
    -- To the millisecond, as clocks here tell it: a page's cursor holds it without loss.
    last_message_at timestamptz(3) NOT NULL,
    last_inbound_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT conversations_contact_connection_key UNIQUE (org_id, contact_id, connection_id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id),
    -- A thread outlives the number it was held on.
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE SET NULL (connection_id),
    FOREIGN KEY (org_id, assignee_id) REFERENCES memberships (org_id, user_id) ON DELETE SET NULL (assignee_id)
  );
  CREATE INDEX idx_conversations_org_last_message ON conversations (org_id, last_message_at DESC, id DESC);
  CREATE INDEX idx_conversations_org_status ON conversations (org_id, status, last_message_at DESC, id DESC);
  CREATE INDEX idx_conversations_org_assignee ON conversations (org_id, assignee_id, last_message_at DESC, id DESC);
  CREATE INDEX idx_conversations_org_connection ON conversations (org_id, connection_id);
  ${protectTenantTable({
    table: 'conversations',
    app: 'SELECT, INSERT, UPDATE',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: [] },
  })}
`;

const MESSAGES = `
  CREATE DOMAIN message_direction AS text CHECK (VALUE IN ('incoming', 'outgoing'));
  CREATE DOMAIN message_author AS text CHECK (VALUE IN ('contact', 'user', 'api_key', 'assistant', 'system'));
  CREATE DOMAIN message_status AS text CHECK (VALUE IN
    ('received', 'queued', 'sending', 'unknown', 'sent', 'canceled', 'undelivered', 'failed', 'delivered', 'read'));
  -- consent_reply: the one answer that confirms an opt-out, an opt-in or a call for help.
  CREATE DOMAIN message_purpose AS text CHECK (VALUE IN ('reply', 'consent_reply'));
  CREATE TABLE messages (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    direction message_direction NOT NULL,
    purpose message_purpose NOT NULL DEFAULT 'reply',
    body text CHECK (length(body) <= 4096),
    media jsonb NOT NULL DEFAULT '[]',
    template jsonb,
    author_type message_author NOT NULL,
    author_id uuid,
    in_reply_to uuid,
    provider_message_id text,
    raw_payload jsonb,
    status message_status NOT NULL,
    error_code text,
    -- How often handing it to the provider was begun; a result is recorded only for the attempt that it belongs to.
    attempt int NOT NULL DEFAULT 0,
    attempted_at timestamptz,
    -- To the millisecond, as clocks here tell it: a page's cursor holds it without loss.
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, conversation_id) REFERENCES conversations (org_id, id),
    FOREIGN KEY (org_id, in_reply_to) REFERENCES messages (org_id, id),
    CONSTRAINT messages_one_consent_reply UNIQUE (org_id, in_reply_to, purpose)
  );
  CREATE INDEX idx_messages_org_conversation ON messages (org_id, conversation_id, created_at DESC, id DESC);
  CREATE UNIQUE INDEX idx_messages_org_provider_id ON messages (org_id, provider_message_id);
  ${protectTenantTable({
    table: 'messages',
    app: 'SELECT, INSERT, UPDATE',
    service: 'SELECT, INSERT, UPDATE',
    // What was said stays in the message; the trail tells who wrote when, and what became of it.
    audit: { hidden: ['body', 'media', 'template', 'raw_payload'] },
  })}
`;

/** What waits to be sent, is being handed over, or may have been: the provider is not known to have it. */
const UNFINISHED = `status = 'queued' OR status = 'unknown' OR (status = 'sending' AND provider_message_id IS NULL)`;

const STUCK_MESSAGES = `
  CREATE INDEX idx_messages_unfinished ON messages (org_id, id) WHERE ${UNFINISHED};
  ${definerMay('SELECT', 'messages')}

  -- Messages of all organizations that have been unfinished since before \`idle_since\`, by organization and id, after the
  -- one named.
  CREATE FUNCTION find_stuck_messages(idle_since timestamptz, after_org uuid, after_id uuid, page_size int)
    RETURNS TABLE (org_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT m.org_id, m.id FROM messages m
      WHERE (${UNFINISHED})
        AND (m.org_id, m.id) > (after_org, after_id) AND greatest(m.created_at, m.attempted_at) < idle_since
      ORDER BY m.org_id, m.id LIMIT LEAST(page_size, 500)
    $$;
  ${ownedByDefiner({ 'find_stuck_messages(timestamptz, uuid, uuid, int)': 'frontdesk_service' })}
`;
