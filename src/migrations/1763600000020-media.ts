import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** Files of messages: fetched from the provider, or uploaded to be sent. What is in them is in the storage. */
export class Media1763600000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MEDIA);
    await runner.query(GONE);
    await runner.query(DUE);
    await runner.query(quietly(TAKE_IN_REFERENCES));
    await runner.query(quietly(REFER_TO_FILES));
  }

  /** What is in the storage stays there: nothing refers to it any more. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(quietly(REFER_TO_PROVIDER));
    await runner.query(`
      DROP FUNCTION list_due_media();
      DROP TABLE media_files;
      DROP FUNCTION forget_stored_media();
      DROP DOMAIN media_status;
    `);
  }
}

const MEDIA = `
  -- refused: it is not taken, whoever tries again. failed: it could not be had.
  CREATE DOMAIN media_status AS text CHECK (VALUE IN ('pending', 'stored', 'refused', 'failed'));
  CREATE TABLE media_files (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    direction message_direction NOT NULL,
    -- Null as long as it was uploaded and not sent.
    message_id uuid,
    -- Its place among the files of the message, from 0.
    position smallint NOT NULL DEFAULT 0,
    status media_status NOT NULL DEFAULT 'pending',
    error_code text CHECK (length(error_code) BETWEEN 1 AND 64),
    -- Where it is fetched, or was.
    source_url text CHECK (length(source_url) <= 4096),
    -- What whoever sent it says it is, and what its first bytes say.
    declared_type text CHECK (length(declared_type) <= 255),
    content_type text CHECK (length(content_type) <= 255),
    size_bytes int CHECK (size_bytes > 0),
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    file_name text CHECK (length(file_name) BETWEEN 1 AND 200),
    uploaded_by_type message_author,
    uploaded_by uuid,
    -- When it goes, unless it was sent.
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, message_id) REFERENCES messages (org_id, id) ON DELETE CASCADE,
    CHECK ((status = 'stored') = (content_type IS NOT NULL AND size_bytes IS NOT NULL AND sha256 IS NOT NULL)),
    CHECK ((error_code IS NOT NULL) = (status = 'refused' OR status = 'failed')),
    CHECK ((message_id IS NULL) = (expires_at IS NOT NULL))
  );
  CREATE INDEX idx_media_files_message ON media_files (org_id, message_id, position);
  CREATE INDEX idx_media_files_pending ON media_files (created_at, org_id, id) WHERE status = 'pending';
  CREATE INDEX idx_media_files_expires ON media_files (expires_at, org_id, id) WHERE expires_at IS NOT NULL;
  ${protectTenantTable({
    table: 'media_files',
    app: 'SELECT, INSERT, UPDATE, DELETE',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['source_url', 'file_name', 'sha256'] },
  })}
`;

const GONE = `
  -- Whatever deletes a row, be it with its message: what is stored under its id goes, too, by a job of the same transaction.
  CREATE FUNCTION forget_stored_media() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM enqueue_job('conversations.delete-media',
        json_build_object('orgId', OLD.org_id, 'requestId',
          COALESCE(NULLIF(current_setting('app.request_id', true), '')::uuid, new_uuid_v7()), 'mediaId', OLD.id),
        NULL, NULL, 25, 'replace', 0);
      RETURN NULL;
    END $$;
  ${ownedByDefiner({ 'forget_stored_media()': 'frontdesk_owner' })}
  CREATE TRIGGER media_files_gone AFTER DELETE ON media_files FOR EACH ROW EXECUTE FUNCTION forget_stored_media();
`;

const DUE = `
  ${definerMay('SELECT', 'media_files')}
  -- Files of all organizations that somebody has to see to: nobody fetches them, they were not to be had for a day, or they
  -- were uploaded and not sent.
  CREATE FUNCTION list_due_media() RETURNS TABLE (org_id uuid, id uuid, due text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      (SELECT m.org_id, m.id, CASE WHEN m.created_at < now() - interval '1 day' THEN 'lost' ELSE 'waiting' END
       FROM media_files m
       WHERE m.status = 'pending' AND m.message_id IS NOT NULL AND m.created_at < now() - interval '15 minutes'
       ORDER BY m.created_at LIMIT 1000)
      UNION ALL
      (SELECT m.org_id, m.id, 'expired' FROM media_files m WHERE m.expires_at < now() ORDER BY m.expires_at LIMIT 1000)
    $$;
  ${ownedByDefiner({ 'list_due_media()': 'frontdesk_service' })}
`;

/** A change of every message that is none of anybody's: past the policies, the trail and the clock of changes. */
function quietly(change: string): string {
  return `
    ALTER TABLE messages NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE messages DISABLE TRIGGER messages_audit, DISABLE TRIGGER messages_updated_at;
    ALTER TABLE media_files NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE media_files DISABLE TRIGGER media_files_audit;
    ${change};
    ALTER TABLE media_files ENABLE TRIGGER media_files_audit;
    ALTER TABLE media_files FORCE ROW LEVEL SECURITY;
    ALTER TABLE messages ENABLE TRIGGER messages_audit, ENABLE TRIGGER messages_updated_at;
    ALTER TABLE messages FORCE ROW LEVEL SECURITY;`;
}

/** Files that stayed at the provider: the sweep finds them and has them fetched. */
const TAKE_IN_REFERENCES = `
  INSERT INTO media_files (org_id, id, direction, message_id, position, source_url, declared_type)
  SELECT m.org_id, new_uuid_v7(), m.direction, m.id, file.place - 1, left(file.said->>'url', 4096),
    left(file.said->>'contentType', 255)
  FROM messages m CROSS JOIN LATERAL jsonb_array_elements(m.media) WITH ORDINALITY file (said, place)
  WHERE m.direction = 'incoming' AND m.media <> '[]' AND file.said ? 'url'`;

const REFER_TO_FILES = `
  UPDATE messages m SET media = files.ids FROM (
    SELECT org_id, message_id, jsonb_agg(jsonb_build_object('id', id) ORDER BY position) AS ids
    FROM media_files GROUP BY org_id, message_id
  ) files WHERE m.org_id = files.org_id AND m.id = files.message_id`;

const REFER_TO_PROVIDER = `
  UPDATE messages m SET media = files.said FROM (
    SELECT org_id, message_id, jsonb_agg(jsonb_build_object('url', COALESCE(source_url, ''), 'contentType',
      COALESCE(declared_type, content_type, 'application/octet-stream')) ORDER BY position) AS said
    FROM media_files WHERE message_id IS NOT NULL GROUP BY org_id, message_id
  ) files WHERE m.org_id = files.org_id AND m.id = files.message_id`;
