import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** Contacts that come and go as CSV. */
export class ContactFiles1763600000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(IMPORTS);
    await runner.query(PARTS);
    await runner.query(DUE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION list_due_contact_imports();
      DROP FUNCTION contact_import_due(contact_import_status, timestamptz, timestamptz);
      DROP TABLE contact_import_drafts, contact_import_errors, contact_import_chunks, contact_imports;
      DROP DOMAIN contact_import_status;
    `);
  }
}

const IMPORTS = `
  CREATE DOMAIN contact_import_status AS text
    CHECK (VALUE IN ('uploading', 'uploaded', 'running', 'checked', 'completed', 'failed', 'cancelled'));
  CREATE TABLE contact_imports (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    status contact_import_status NOT NULL DEFAULT 'uploading',
    file_name text CHECK (length(file_name) BETWEEN 1 AND 200),
    size_bytes bigint NOT NULL DEFAULT 0,
    encoding text,
    delimiter text,
    has_header boolean,
    -- What the columns are to be, and what stands for consent in all rows.
    settings jsonb,
    dry_run boolean NOT NULL DEFAULT false,
    -- Rows that were worked off; where a run goes on after a crash.
    rows_read int NOT NULL DEFAULT 0,
    rows_created int NOT NULL DEFAULT 0,
    rows_updated int NOT NULL DEFAULT 0,
    rows_unchanged int NOT NULL DEFAULT 0,
    rows_failed int NOT NULL DEFAULT 0,
    -- Why it came to no good end, and where in the file.
    problem text,
    problem_line int,
    -- The run that may write. A run that was taken for dead and is not finds another one here, and ends.
    run_id uuid,
    created_by_type text NOT NULL,
    created_by uuid,
    started_by_type text,
    started_by uuid,
    started_at timestamptz(3),
    finished_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  -- One import of an organization runs at a time.
  CREATE UNIQUE INDEX contact_imports_one_running ON contact_imports (org_id) WHERE status = 'running';
  ${protectTenantTable({
    table: 'contact_imports',
    app: 'SELECT, INSERT, UPDATE, DELETE',
    service: 'SELECT, UPDATE, DELETE',
    audit: { exempt: 'its steps are events of the trail; its counts change with every batch' },
  })}
`;

const PARTS = `
  -- The file, as long as it is needed.
  CREATE TABLE contact_import_chunks (
    org_id uuid NOT NULL REFERENCES organizations (id),
    import_id uuid NOT NULL,
    position int NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (org_id, import_id, position),
    FOREIGN KEY (org_id, import_id) REFERENCES contact_imports (org_id, id) ON DELETE CASCADE
  );
  -- Compressing it would cost more than it saves: it stays for minutes.
  ALTER TABLE contact_import_chunks ALTER COLUMN content SET STORAGE EXTERNAL;
  ${protectTenantTable({
    table: 'contact_import_chunks',
    app: 'SELECT, INSERT, DELETE',
    service: 'SELECT, DELETE',
    audit: { exempt: 'a file in transit; what comes of it is audited' },
    touched: false,
  })}

  -- What was wrong with which rows. No value of a row stands here, so that there is nothing to forget.
  CREATE TABLE contact_import_errors (
    org_id uuid NOT NULL REFERENCES organizations (id),
    import_id uuid NOT NULL,
    line int NOT NULL,
    position int NOT NULL,
    column_name text NOT NULL,
    code text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (org_id, import_id, line, position),
    FOREIGN KEY (org_id, import_id) REFERENCES contact_imports (org_id, id) ON DELETE CASCADE
  );
  ${protectTenantTable({
    table: 'contact_import_errors',
    app: 'SELECT, DELETE',
    service: 'SELECT, INSERT, DELETE',
    audit: { exempt: 'the report of an import, written once' },
    touched: false,
  })}

  -- What contacts would have become by a dry run, so that its later rows meet what its earlier ones left.
  CREATE TABLE contact_import_drafts (
    org_id uuid NOT NULL REFERENCES organizations (id),
    import_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    phone text COLLATE "C",
    email text COLLATE "C",
    contact jsonb NOT NULL,
    PRIMARY KEY (org_id, import_id, contact_id),
    FOREIGN KEY (org_id, import_id) REFERENCES contact_imports (org_id, id) ON DELETE CASCADE
  );
  CREATE INDEX idx_contact_import_drafts_phone ON contact_import_drafts (org_id, import_id, phone);
  CREATE INDEX idx_contact_import_drafts_email ON contact_import_drafts (org_id, import_id, email);
  ${protectTenantTable({
    table: 'contact_import_drafts',
    app: 'DELETE, SELECT',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { exempt: 'of a run that changes nothing; gone when it ends' },
    touched: false,
  })}
`;

const DUE = `
  ${definerMay('SELECT', 'contact_imports')}
  -- What somebody has to see to: runs that nobody works on (their job died), uploads that broke off with their process, files
  -- that nobody started, reports that nobody needs any more. Null: nothing.
  CREATE FUNCTION contact_import_due(status contact_import_status, updated_at timestamptz, finished_at timestamptz) RETURNS text
    LANGUAGE sql STABLE AS $$
      SELECT CASE
        WHEN status = 'running' AND updated_at < now() - interval '3 minutes' THEN 'stalled'
        WHEN status = 'uploading' AND updated_at < now() - interval '1 hour' THEN 'expired'
        WHEN status IN ('uploaded', 'checked') AND updated_at < now() - interval '2 days' THEN 'expired'
        WHEN finished_at < now() - interval '90 days' AND status <> 'running' THEN 'expired'
      END
    $$;
  GRANT EXECUTE ON FUNCTION contact_import_due(contact_import_status, timestamptz, timestamptz)
    TO frontdesk_service, frontdesk_definer;
  CREATE FUNCTION list_due_contact_imports() RETURNS TABLE (org_id uuid, id uuid, due text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT * FROM (
        SELECT i.org_id, i.id, contact_import_due(i.status, i.updated_at, i.finished_at) AS due FROM contact_imports i
      ) found WHERE found.due IS NOT NULL LIMIT 1000
    $$;
  ${ownedByDefiner({ 'list_due_contact_imports()': 'frontdesk_service' })}
`;
