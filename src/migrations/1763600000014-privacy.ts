import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADDRESSES_OF_CONTACTS, NO_ADDRESSES_OF_CONTACTS } from './support/addresses-of-contacts';
import { hideFromTrail, redactTrail, showInTrail } from './support/hidden-columns';
import { appendOnly, definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** Columns that tell about a person: the trail says that they changed, never what they hold. */
const PERSONAL = {
  contacts: [
    ...['name', 'phone', 'whatsapp_id', 'email', 'notes', 'service_interests'],
    ...['tags', 'custom_fields', 'lead_status_reason', 'name_key', 'surname_key', 'search_text'],
  ],
  phone_number_mappings: ['phone_number', 'metadata', 'notes'],
  consent_events: ['phone', 'evidence'],
  conversations: ['contact_address'],
} as const;

/** What a person may ask for: everything on them, and that it be forgotten. */
export class Privacy1763600000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONTACTS);
    await runner.query(DUPLICATES);
    await runner.query(SUPPRESSION);
    await runner.query(LEDGER);
    await runner.query(ADDRESSES_OF_CONTACTS);
    await runner.query(TRAIL);
    await runner.query(RIGHTS);
    for (const [table, columns] of Object.entries(PERSONAL))
      await runner.query(hideFromTrail(table, columns));
    await runner.query(redactTrail(PERSONAL));
  }

  /** What the trail said of people before `up` is not brought back: that is the point of it. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(PERSONAL)) await runner.query(showInTrail(table));
    await runner.query(`
      REVOKE DELETE ON conversations FROM frontdesk_app;
      REVOKE DELETE ON conversations, messages, phone_number_mappings FROM frontdesk_service;
      REVOKE UPDATE (payload, headers, signature) ON webhook_logs FROM frontdesk_service;
      REVOKE UPDATE (response_body) ON idempotency_keys FROM frontdesk_service;
      ${NO_ADDRESSES_OF_CONTACTS}
      DROP FUNCTION contact_changes(uuid[], timestamptz, uuid, int);
      DROP INDEX idx_audit_logs_org_record;
      CREATE INDEX idx_audit_logs_org_record ON audit_logs (org_id, table_name, record_id);
      DROP FUNCTION forget_consent_address(text, text);
      DROP POLICY consent_events_definer_select ON consent_events;
      DROP POLICY consent_events_definer_update ON consent_events;
      REVOKE SELECT, UPDATE ON consent_events FROM frontdesk_definer;
      DROP TRIGGER consent_events_append_only ON consent_events;
      DROP TRIGGER consent_events_no_truncate ON consent_events;
      ${appendOnly('consent_events')}
      DROP FUNCTION refuse_change_but_erasure();
      ALTER DOMAIN consent_source DROP CONSTRAINT consent_source_check;
      -- Entries of suppressions stay: the ledger is append-only.
      ALTER DOMAIN consent_source ADD CONSTRAINT consent_source_check CHECK (VALUE IN (${SOURCES})) NOT VALID;
      DROP FUNCTION find_contact_duplicates(uuid, uuid);
      DROP TABLE consent_suppressions, suppression_keys, contact_duplicates, contact_erasures, contact_legal_holds,
        contact_tombstones;
      DROP DOMAIN duplicate_status, erasure_status, erasure_reason;
      DROP INDEX idx_contacts_org_phone_tail;
    `);
  }
}

const SOURCES = `'keyword', 'inbound_message', 'api', 'import', 'console', 'provider_error'`;

const CONTACTS = `
  -- What is left of a contact that is gone: where it went, or that it was erased. Nothing about the person, but for the number
  -- that stayed with neither of two who became one: it leads to the contact which stays.
  CREATE TABLE contact_tombstones (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    merged_into uuid,
    phone text COLLATE "C",
    erased_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, merged_into) REFERENCES contacts (org_id, id),
    CHECK ((merged_into IS NULL) <> (erased_at IS NULL)),
    CHECK (phone IS NULL OR merged_into IS NOT NULL)
  );
  CREATE INDEX idx_contact_tombstones_merged_into ON contact_tombstones (org_id, merged_into);
  CREATE UNIQUE INDEX idx_contact_tombstones_phone ON contact_tombstones (org_id, phone) WHERE phone IS NOT NULL;
  ${protectTenantTable({
    table: 'contact_tombstones',
    app: 'SELECT, INSERT, UPDATE',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: ['phone'] },
  })}

  -- The foreign key keeps a contact under hold from being deleted, whoever tries.
  CREATE TABLE contact_legal_holds (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT contact_legal_holds_contact_key UNIQUE (org_id, contact_id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id)
  );
  ${protectTenantTable({
    table: 'contact_legal_holds',
    app: 'SELECT, INSERT, DELETE',
    service: 'SELECT',
    audit: { hidden: ['reason'] },
    touched: false,
  })}

  -- Grounds of article 17 (1) of the GDPR. A closed list: a free text would name the person again.
  CREATE DOMAIN erasure_reason AS text CHECK (VALUE IN
    ('requested', 'consent_withdrawn', 'objection', 'no_longer_needed', 'unlawful', 'legal_obligation'));
  CREATE DOMAIN erasure_status AS text CHECK (VALUE IN ('running', 'done'));
  CREATE TABLE contact_erasures (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    reason erasure_reason NOT NULL,
    status erasure_status NOT NULL DEFAULT 'running',
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT contact_erasures_contact_key UNIQUE (org_id, contact_id)
  );
  ${protectTenantTable({
    table: 'contact_erasures',
    app: 'SELECT, INSERT',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: [] },
  })}
`;

const DUPLICATES = `
  -- Whatever the country code and however it is written: the last seven digits of a number.
  CREATE INDEX idx_contacts_org_phone_tail ON contacts (org_id, right(phone, 7), id) WHERE phone IS NOT NULL;
  CREATE DOMAIN duplicate_status AS text CHECK (VALUE IN ('open', 'dismissed'));
  CREATE TABLE contact_duplicates (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    other_id uuid NOT NULL,
    -- 1 to 100.
    score int NOT NULL,
    reasons text[] NOT NULL,
    status duplicate_status NOT NULL DEFAULT 'open',
    -- The scan that found it last; what a whole scan does not find again is none any more.
    seen_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT contact_duplicates_pair_key UNIQUE (org_id, contact_id, other_id),
    CHECK (contact_id < other_id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, other_id) REFERENCES contacts (org_id, id) ON DELETE CASCADE
  );
  CREATE INDEX idx_contact_duplicates_open ON contact_duplicates (org_id, status, score DESC, id DESC);
  CREATE INDEX idx_contact_duplicates_other ON contact_duplicates (org_id, other_id);
  ${protectTenantTable({
    table: 'contact_duplicates',
    app: 'SELECT, UPDATE (status)',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { exempt: 'guesses of a scan; that a member dismissed one is an event' },
    touched: false,
  })}

  -- Likely pairs whose older contact lies between two ids. Similarity is not leakproof, so under row-level security no
  -- index would serve it; a function names the organization itself. At most 20 partners a contact.
  CREATE FUNCTION find_contact_duplicates(after_id uuid, until_id uuid)
    RETURNS TABLE (contact_id uuid, other_id uuid, score int, reasons text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.id, o.id,
        LEAST(100, CASE WHEN c.email = o.email THEN 70 ELSE 0 END
          + CASE WHEN right(c.phone, 7) = right(o.phone, 7) THEN 50 ELSE 0 END
          + (30 * alike.names)::int),
        array_remove(ARRAY[CASE WHEN c.email = o.email THEN 'same_email' END,
          CASE WHEN right(c.phone, 7) = right(o.phone, 7) THEN 'similar_phone' END,
          CASE WHEN alike.names >= 0.4 THEN 'similar_name' END], NULL)
      FROM contacts c
        CROSS JOIN LATERAL (
          (SELECT e.id FROM contacts e WHERE e.org_id = c.org_id AND e.email = c.email AND e.id > c.id ORDER BY e.id LIMIT 20)
          UNION
          (SELECT p.id FROM contacts p WHERE p.org_id = c.org_id AND right(p.phone, 7) = right(c.phone, 7) AND p.id > c.id
            ORDER BY p.id LIMIT 20)
        ) near
        JOIN contacts o ON o.org_id = c.org_id AND o.id = near.id
        CROSS JOIN LATERAL (SELECT COALESCE(extensions.similarity(c.name, o.name), 0) AS names) alike
      WHERE c.org_id = auth_org_id() AND c.id > after_id AND c.id <= until_id
        AND (c.email = o.email OR alike.names >= 0.4)
    $$;
  ${ownedByDefiner({
    'find_contact_duplicates(uuid, uuid)': 'frontdesk_service',
  })}
`;

const SUPPRESSION = `
  -- What turns an address into something that tells nothing without it: random, one for each organization, sealed.
  CREATE TABLE suppression_keys (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    sealed_key text NOT NULL,
    data_key_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT suppression_keys_org_key UNIQUE (org_id),
    FOREIGN KEY (org_id, data_key_id) REFERENCES organization_keys (org_id, id)
  );
  ${protectTenantTable({
    table: 'suppression_keys',
    app: '',
    service: 'SELECT, INSERT',
    audit: { hidden: ['sealed_key'] },
    touched: false,
  })}

  -- Who was opted out when they were erased, as a keyed hash of the address: the opt-out outlives the person's data.
  CREATE TABLE consent_suppressions (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    channel channel_type NOT NULL,
    address_hash text NOT NULL CHECK (address_hash ~ '^[0-9a-f]{64}$'),
    opted_out_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT consent_suppressions_address_key UNIQUE (org_id, channel, address_hash)
  );
  ${protectTenantTable({
    table: 'consent_suppressions',
    app: '',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['address_hash'] },
    touched: false,
  })}
`;

const LEDGER = `
  ALTER DOMAIN consent_source DROP CONSTRAINT consent_source_check;
  ALTER DOMAIN consent_source ADD CONSTRAINT consent_source_check CHECK (VALUE IN (${SOURCES}, 'suppression'));

  -- The ledger is append-only, but for one thing: an erasure takes the person out of an entry.
  CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND current_user = 'frontdesk_definer' THEN
        IF NEW.phone LIKE 'erased:%' AND NEW.evidence = '{}'
           AND to_jsonb(NEW) - '{phone,evidence}'::text[] = to_jsonb(OLD) - '{phone,evidence}'::text[] THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
  DROP TRIGGER consent_events_append_only ON consent_events;
  CREATE TRIGGER consent_events_append_only BEFORE UPDATE OR DELETE ON consent_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
  ALTER TABLE consent_events ENABLE ALWAYS TRIGGER consent_events_append_only;
  ${definerMay('SELECT', 'consent_events')}
  ${definerMay('UPDATE', 'consent_events')}

  -- Puts a keyed hash in the place of an address, throughout the ledger of the organization at hand.
  CREATE FUNCTION forget_consent_address(address text, pseudonym text) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE forgotten int;
    BEGIN
      IF pseudonym !~ '^erased:[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'not a pseudonym' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      UPDATE consent_events SET phone = pseudonym, evidence = '{}' WHERE org_id = auth_org_id() AND phone = address;
      GET DIAGNOSTICS forgotten = ROW_COUNT;
      RETURN forgotten;
    END $$;
  ${ownedByDefiner({ 'forget_consent_address(text, text)': 'frontdesk_service' })}
`;

const TRAIL = `
  DROP INDEX idx_audit_logs_org_record;
  CREATE INDEX idx_audit_logs_org_record ON audit_logs (org_id, table_name, record_id, created_at DESC, id DESC);

  -- What was changed about contacts of the organization at hand, newest first: one page of each contact's entries.
  CREATE FUNCTION contact_changes(contacts uuid[], before_at timestamptz, before_id uuid, page_size int)
    RETURNS TABLE (id uuid, created_at timestamptz, event_type text, actor text, actor_type text, old_values jsonb, new_values jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT a.id, a.created_at, a.event_type, a.actor, a.actor_type, a.old_values, a.new_values
      FROM unnest(contacts) contact CROSS JOIN LATERAL (
        SELECT * FROM audit_logs e
        WHERE e.org_id = auth_org_id() AND e.table_name = 'contacts' AND e.record_id = contact
          AND (e.created_at, e.id) < (before_at, before_id)
        ORDER BY e.created_at DESC, e.id DESC LIMIT LEAST(page_size, 201)
      ) a
    $$;
  ${ownedByDefiner({ 'contact_changes(uuid[], timestamptz, uuid, int)': 'frontdesk_app, frontdesk_service' })}
`;

const RIGHTS = `
  -- A thread that was merged into another is gone; everything else is deleted by erasure alone, which is a job.
  GRANT DELETE ON conversations TO frontdesk_app;
  GRANT DELETE ON conversations, messages, phone_number_mappings TO frontdesk_service;
  GRANT UPDATE (payload, headers, signature) ON webhook_logs TO frontdesk_service;
  GRANT UPDATE (response_body) ON idempotency_keys TO frontdesk_service;
`;
