import type { MigrationInterface, QueryRunner } from 'typeorm';
import { versioned } from './support/row-version';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** A contact book to work in: tags, fields of the organization’s own, search. Needs pg_trgm and btree_gist. */
export class ContactBook1763600000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SEARCH_KEYS);
    await runner.query(COLUMNS);
    await runner.query(INDEXES);
    await runner.query(FIELDS);
    await runner.query(FACETS);
    await runner.query(STATUS_CHANGES);
    await runner.query(SIMILAR);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION find_similar_contacts(text, int);
      DROP POLICY contacts_definer_select ON contacts;
      REVOKE SELECT ON contacts FROM frontdesk_definer;
      DROP TRIGGER contacts_status_change ON contacts;
      DROP TRIGGER contacts_status_insert ON contacts;
      DROP TRIGGER contacts_facets_insert ON contacts;
      DROP TRIGGER contacts_facets_update ON contacts;
      DROP FUNCTION record_lead_status_change();
      REVOKE EXECUTE ON FUNCTION new_uuid_v7() FROM frontdesk_app, frontdesk_service;
      DROP FUNCTION sync_contact_facets();
      DROP FUNCTION facets_of_contact(text[], text[], jsonb);
      DROP TABLE lead_status_changes, contact_facets, contact_fields;
      DROP DOMAIN contact_field_type;
      DROP INDEX idx_contacts_org_status_updated, idx_contacts_org_score_updated, idx_contacts_org_updated,
        idx_contacts_org_name, idx_contacts_org_surname, idx_contacts_org_email, idx_contacts_similar;
      COMMENT ON INDEX idx_contacts_service_interests IS NULL;
      ALTER TABLE contacts DROP COLUMN search_text, DROP COLUMN surname_key, DROP COLUMN name_key,
        DROP COLUMN lead_status_reason, DROP COLUMN custom_fields, DROP COLUMN tags,
        ALTER COLUMN last_contact_at TYPE timestamptz,
        ALTER COLUMN created_at TYPE timestamptz,
        ALTER COLUMN updated_at TYPE timestamptz,
        ALTER COLUMN email TYPE text COLLATE "default",
        ALTER COLUMN phone TYPE text COLLATE "default";
      CREATE INDEX idx_contacts_org_status_updated ON contacts (org_id, lead_status, updated_at DESC);
      DROP FUNCTION contact_search_text(text, text, text);
      DROP FUNCTION surname_key(text);
      DROP FUNCTION search_key(text);
    `);
  }
}

const CALLERS = 'frontdesk_app, frontdesk_service, frontdesk_definer';

const SEARCH_KEYS = `
  -- A text as it is compared: without diacritics, in lower case, one blank between words.
  CREATE FUNCTION search_key(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(
      replace(replace(replace(translate(lower(regexp_replace(normalize(given, NFKD), '[\\u0300-\\u036f]+', '', 'g')),
        'øłđħı', 'oldhi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
      '[[:space:][:cntrl:]]+', ' ', 'g'))
  $$;
  -- The same with the last word first; null for a single word.
  CREATE FUNCTION surname_key(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substring(search_key(given) FROM '[^ ]+$') || ' ' || substring(search_key(given) FROM '^(.*) [^ ]+$')
  $$;
  -- All that a contact can be found by when it is misspelt.
  CREATE FUNCTION contact_search_text(name text, email text, phone text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(search_key(name), '') || COALESCE(' ' || email, '') || COALESCE(' ' || phone, '')
  $$;
  GRANT EXECUTE ON FUNCTION search_key(text), surname_key(text), contact_search_text(text, text, text) TO ${CALLERS};
`;

/** A cursor carries milliseconds: times in lists have no more. Prefixes are ranges in the order of bytes. */
const COLUMNS = `
  ALTER TABLE contacts
    ALTER COLUMN last_contact_at TYPE timestamptz(3),
    ALTER COLUMN created_at TYPE timestamptz(3),
    ALTER COLUMN updated_at TYPE timestamptz(3),
    ALTER COLUMN phone TYPE text COLLATE "C",
    ALTER COLUMN email TYPE text COLLATE "C",
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 50),
    -- By the key of the definition in contact_fields; no key without a value.
    ADD COLUMN custom_fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(custom_fields) = 'object'),
    -- Why the status is what it is, as whoever changed it said.
    ADD COLUMN lead_status_reason text CHECK (length(lead_status_reason) BETWEEN 1 AND 500),
    ADD COLUMN name_key text COLLATE "C" GENERATED ALWAYS AS (search_key(name)) STORED,
    ADD COLUMN surname_key text COLLATE "C" GENERATED ALWAYS AS (surname_key(name)) STORED,
    ADD COLUMN search_text text COLLATE "C" GENERATED ALWAYS AS (contact_search_text(name, email, phone)) STORED;
`;

const INDEXES = `
  DROP INDEX idx_contacts_org_status_updated;
  CREATE INDEX idx_contacts_org_status_updated ON contacts (org_id, lead_status, updated_at DESC, id DESC);
  CREATE INDEX idx_contacts_org_score_updated ON contacts (org_id, lead_score, updated_at DESC, id DESC);
  CREATE INDEX idx_contacts_org_updated ON contacts (org_id, updated_at DESC, id DESC);
  CREATE INDEX idx_contacts_org_name ON contacts (org_id, name_key, id);
  CREATE INDEX idx_contacts_org_surname ON contacts (org_id, surname_key, id) WHERE surname_key IS NOT NULL;
  CREATE INDEX idx_contacts_org_email ON contacts (org_id, email, id) WHERE email IS NOT NULL;
  CREATE INDEX idx_contacts_similar ON contacts USING gist (org_id, search_text extensions.gist_trgm_ops (siglen = 64));
  COMMENT ON INDEX idx_contacts_service_interests IS
    'For questions of an administrator over all organizations; lists are filtered by contact_facets, since @> is not leakproof.';
`;

const FIELDS = `
  CREATE DOMAIN contact_field_type AS text CHECK (VALUE IN ('text', 'number', 'boolean', 'date', 'choice'));
  CREATE TABLE contact_fields (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    key text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,39}$'),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    type contact_field_type NOT NULL,
    options text[] NOT NULL DEFAULT '{}' CHECK (cardinality(options) <= 100),
    required boolean NOT NULL DEFAULT false,
    -- Deleted; the row stays until no contact has a value, so that the key is not given away with old values.
    removed_at timestamptz,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT contact_fields_org_key_key UNIQUE (org_id, key)
  );
  ${protectTenantTable({
    table: 'contact_fields',
    app: 'SELECT, INSERT, UPDATE (label, options, required, removed_at), DELETE',
    service: 'SELECT, UPDATE, DELETE',
    audit: { hidden: [] },
  })}
  ${versioned('contact_fields')}
`;

const FACETS = `
  -- What contacts are filtered by beside their columns, one row each: 'tag:vip', 'interest:haircut', 'field:size:xl'. Kept by
  -- trigger. Arrays and jsonb cannot be searched by an index under row-level security, since @> is not leakproof.
  CREATE TABLE contact_facets (
    org_id uuid NOT NULL REFERENCES organizations (id),
    facet text COLLATE "C" NOT NULL,
    contact_id uuid NOT NULL,
    PRIMARY KEY (org_id, facet, contact_id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id) ON DELETE CASCADE
  );
  CREATE INDEX idx_contact_facets_contact ON contact_facets (org_id, contact_id);
  ${protectTenantTable({
    table: 'contact_facets',
    app: 'SELECT, INSERT, DELETE',
    service: 'SELECT, INSERT, DELETE',
    audit: { exempt: 'derived from contacts, which is' },
    touched: false,
  })}

  CREATE FUNCTION facets_of_contact(tags text[], interests text[], fields jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT array(
        SELECT 'tag:' || left(search_key(tag), 200) FROM unnest(tags) tag
        UNION SELECT 'interest:' || left(search_key(interest), 200) FROM unnest(interests) interest
        UNION SELECT 'field:' || key || ':' || left(search_key(value), 200) FROM jsonb_each_text(fields) WHERE value IS NOT NULL)
    $$;
  CREATE FUNCTION sync_contact_facets() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      wanted text[] := facets_of_contact(NEW.tags, NEW.service_interests, NEW.custom_fields);
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        DELETE FROM contact_facets f WHERE f.org_id = NEW.org_id AND f.contact_id = NEW.id AND f.facet <> ALL (wanted);
      END IF;
      INSERT INTO contact_facets (org_id, facet, contact_id) SELECT NEW.org_id, facet, NEW.id FROM unnest(wanted) facet
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
  GRANT EXECUTE ON FUNCTION facets_of_contact(text[], text[], jsonb) TO ${CALLERS};
  CREATE TRIGGER contacts_facets_insert AFTER INSERT ON contacts FOR EACH ROW
    WHEN (NEW.tags <> '{}' OR NEW.service_interests <> '{}' OR NEW.custom_fields <> '{}')
    EXECUTE FUNCTION sync_contact_facets();
  CREATE TRIGGER contacts_facets_update AFTER UPDATE OF tags, service_interests, custom_fields ON contacts FOR EACH ROW
    WHEN ((OLD.tags, OLD.service_interests, OLD.custom_fields) IS DISTINCT FROM (NEW.tags, NEW.service_interests, NEW.custom_fields))
    EXECUTE FUNCTION sync_contact_facets();
`;

const STATUS_CHANGES = `
  -- The way of a lead: who moved it, when and why. Written by trigger, so that no way of changing a contact leaves it out.
  CREATE TABLE lead_status_changes (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    contact_id uuid NOT NULL,
    from_status lead_status_type NOT NULL,
    to_status lead_status_type NOT NULL,
    reason text CHECK (length(reason) <= 500),
    actor_type text NOT NULL,
    actor_id uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id) ON DELETE CASCADE
  );
  CREATE INDEX idx_lead_status_changes_contact ON lead_status_changes (org_id, contact_id, created_at DESC, id DESC);
  ${protectTenantTable({
    table: 'lead_status_changes',
    // A merge takes them along; nothing else about them changes.
    app: 'SELECT, INSERT, UPDATE (contact_id)',
    service: 'SELECT, INSERT, UPDATE (contact_id)',
    audit: { exempt: 'the change of the contact is' },
    touched: false,
  })}
  CREATE FUNCTION record_lead_status_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO lead_status_changes (org_id, id, contact_id, from_status, to_status, reason, actor_type, actor_id)
        VALUES (NEW.org_id, new_uuid_v7(), NEW.id, COALESCE(OLD.lead_status, 'new'), NEW.lead_status, NEW.lead_status_reason,
          COALESCE(NULLIF(current_setting('app.actor_type', true), ''), 'database'),
          NULLIF(current_setting('app.actor_id', true), '')::uuid);
      RETURN NULL;
    END $$;
  -- The trigger writes with the rights of whoever changes the contact.
  GRANT EXECUTE ON FUNCTION new_uuid_v7() TO frontdesk_app, frontdesk_service;
  -- Who is added further on than at the beginning has come there by a move, too.
  CREATE TRIGGER contacts_status_insert AFTER INSERT ON contacts FOR EACH ROW
    WHEN (NEW.lead_status <> 'new') EXECUTE FUNCTION record_lead_status_change();
  CREATE TRIGGER contacts_status_change AFTER UPDATE OF lead_status ON contacts FOR EACH ROW
    WHEN (OLD.lead_status IS DISTINCT FROM NEW.lead_status) EXECUTE FUNCTION record_lead_status_change();
`;

const SIMILAR = `
  ${definerMay('SELECT', 'contacts')}
  -- Contacts of the organization at hand that resemble a text, the most similar first, those a third alike or more. The
  -- operators of pg_trgm are not leakproof: under row-level security they would use no index.
  CREATE FUNCTION find_similar_contacts(wanted text, most int) RETURNS TABLE (contact_id uuid, distance real)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 50 SET search_path = public, pg_temp AS $$
      SELECT near.id, near.distance FROM (
        SELECT c.id, c.search_text OPERATOR(extensions.<->>>) search_key(wanted) AS distance FROM contacts c
        WHERE c.org_id = auth_org_id()
        ORDER BY c.search_text OPERATOR(extensions.<->>>) search_key(wanted) LIMIT LEAST(most, 2000)
      ) near WHERE near.distance < 0.67
      ORDER BY near.distance, near.id
    $$;
  ${ownedByDefiner({ 'find_similar_contacts(text, int)': 'frontdesk_app, frontdesk_service' })}
`;
