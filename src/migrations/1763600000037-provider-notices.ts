import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner } from './support/tenant-table';

/** What a provider tells of an account and of what people told it; and handshakes, which are noted where they belong. */
export class ProviderNotices1763600000037 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SOURCE);
    await runner.query(ACCOUNT);
    await runner.query(HANDSHAKE);
    await runner.query(`DROP FUNCTION ${TELL_BEFORE}; ${tellWord(true)}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${TELL}; ${tellWord(false)}`);
    await runner.query(HANDSHAKE_BEFORE);
    await runner.query(`DROP FUNCTION ${OF_ACCOUNT}`);
    await runner.query(SOURCE_BEFORE);
  }
}

const SOURCES = `'keyword', 'inbound_message', 'api', 'import', 'console', 'provider_error', 'suppression'`;

const SOURCE = `
  ALTER DOMAIN consent_source DROP CONSTRAINT consent_source_check;
  ALTER DOMAIN consent_source ADD CONSTRAINT consent_source_check CHECK (VALUE IN (${SOURCES}, 'provider'));
`;

const SOURCE_BEFORE = `
  ALTER DOMAIN consent_source DROP CONSTRAINT consent_source_check;
  -- Entries of what people told a provider stay: the ledger is append-only.
  ALTER DOMAIN consent_source ADD CONSTRAINT consent_source_check CHECK (VALUE IN (${SOURCES})) NOT VALID;
`;

const OF_ACCOUNT = 'find_account_connections(text, text, text)';

const ACCOUNT = `
  -- Intake: connections of an account, which an event that names no number is about; those that are switched on first, at most 20.
  -- Gives ids only.
  CREATE FUNCTION find_account_connections(wanted_provider text, wanted_channel text, wanted_account text) RETURNS TABLE (id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT d.connection_id FROM connection_directory d
        JOIN channel_connections c ON c.org_id = d.org_id AND c.id = d.connection_id
      WHERE d.provider = wanted_provider AND d.channel = wanted_channel AND d.provider_account_id = wanted_account
      ORDER BY c.is_active DESC, d.connection_id LIMIT 20
    $$;
  ${ownedByDefiner({ [OF_ACCOUNT]: 'frontdesk_service' })}
`;

const IS_VERIFY_TOKEN = 'is_webhook_verify_token(text, text, text, uuid)';
const FIND_HANDSHAKE = 'find_handshake_connection(text, text, text, uuid)';

const HANDSHAKE = `
  DROP FUNCTION ${IS_VERIFY_TOKEN};
  -- A provider's handshake: the connection in the path or, without one, the one that has the token; and whether it has it.
  CREATE FUNCTION find_handshake_connection(wanted_provider text, wanted_channel text, token text, wanted_id uuid)
    RETURNS TABLE (org_id uuid, id uuid, fits boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT d.org_id, d.connection_id, d.webhook_verify_token = token FROM connection_directory d
      WHERE d.provider = wanted_provider AND d.channel = wanted_channel
        AND (d.connection_id = wanted_id OR (wanted_id IS NULL AND d.webhook_verify_token = token))
    $$;
  ${ownedByDefiner({ [FIND_HANDSHAKE]: 'frontdesk_service' })}
`;

const HANDSHAKE_BEFORE = `
  DROP FUNCTION ${FIND_HANDSHAKE};
  -- A provider's handshake: whether a token is that of the connection in the path or, without one, that of any.
  CREATE FUNCTION is_webhook_verify_token(wanted_provider text, wanted_channel text, token text, wanted_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT EXISTS (SELECT FROM connection_directory d
        WHERE d.webhook_verify_token = token AND d.provider = wanted_provider AND d.channel = wanted_channel
          AND (wanted_id IS NULL OR d.connection_id = wanted_id))
    $$;
  ${ownedByDefiner({ [IS_VERIFY_TOKEN]: 'frontdesk_service' })}
`;

const TELL_BEFORE = 'tell_shared_word(uuid, uuid, text, text, text, text, timestamptz, uuid, int)';
const TELL = 'tell_shared_word(uuid, uuid, text, text, text, text, timestamptz, uuid, int, text, text)';

/** Both shapes of the function: of old a word about everything was all that could be told. */
const tellWord = (saysWhat: boolean): string => `
  -- Has an organization that knows the person note what they said over a number that it writes over: that they want no more messages,
  -- or messages again. A contact that was entered has no mapping before the first word: the job makes it.
  CREATE FUNCTION tell_shared_word(number uuid, member uuid, sender text, sender_phone text, action text, message text,
      said_at timestamptz, request uuid, max_attempts int${saysWhat ? ', purpose text, source text' : ''}) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT enqueue_shared_job('channels.record-shared-word',
        json_build_object('orgId', m.org_id, 'requestId', request, 'mappingId', p.id, 'contactId', c.id, 'channel', m.channel,
          'connectionId', m.connection_id, 'action', action, 'messageId', message, 'saidAt', said_at${
            saysWhat ? `, 'purpose', purpose,\n          'source', source` : ''
          }), max_attempts)
      FROM (
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number) m
        LEFT JOIN phone_number_mappings p ON p.org_id = m.org_id AND p.phone_number = sender
        LEFT JOIN contacts c ON c.org_id = m.org_id AND c.phone = sender_phone
      WHERE m.org_id = member AND action IN ('opt_out', 'opt_in') AND (p.id IS NOT NULL OR c.id IS NOT NULL)
    $$;
  ${ownedByDefiner({ [saysWhat ? TELL : TELL_BEFORE]: 'frontdesk_service' })}
`;
