/** Statements that break one property of isolation, and what must be found then. */
export interface Sabotage {
  readonly sql: string;
  readonly object: string | RegExp;
  readonly problem: string;
  /** What no statement mends: pieces of the remedies that are left. */
  readonly left?: readonly string[];
}

const on = (
  object: string | RegExp,
  ...cases: readonly (readonly [sql: string, problem: string, ...left: string[]])[]
): Sabotage[] =>
  cases.map(([sql, problem, ...left]) => ({
    sql,
    object: typeof object === 'string' ? new RegExp(`^${object.replace(/[().*+?]/g, '\\$&')}$`) : object,
    problem,
    left,
  }));

/** `sql` with `%s` for a partition of the audit trail, whichever months there are. */
const onPartition = (sql: string): string =>
  `DO $$ BEGIN EXECUTE format('${sql}', (SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass)); END $$`;

const AUDIT_MONTH = /^audit_logs_\d{4}_\d\d$/;
const copied = (name: string): string =>
  `CREATE TABLE ${name} (org_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (org_id, id)); ALTER TABLE ${name} OWNER TO frontdesk_owner`;

/** By check. Each is done in a transaction that is rolled back: roles belong to the whole server. */
export const SABOTAGE: Readonly<Record<string, readonly Sabotage[]>> = {
  roles: [
    ...on(
      'frontdesk_app',
      ['ALTER ROLE frontdesk_app SUPERUSER', 'has SUPERUSER'],
      ['ALTER ROLE frontdesk_app BYPASSRLS', 'has BYPASSRLS'],
      ['ALTER ROLE frontdesk_app CREATEROLE', 'has CREATEROLE'],
      ['ALTER ROLE frontdesk_app CREATEDB', 'has CREATEDB'],
      ['ALTER ROLE frontdesk_app REPLICATION', 'has REPLICATION'],
      ['GRANT frontdesk_definer TO frontdesk_app', 'is a member of frontdesk_definer'],
      ['GRANT pg_read_all_data TO frontdesk_app', 'is a member of pg_read_all_data'],
    ),
    ...on('frontdesk_service', ['ALTER ROLE frontdesk_service BYPASSRLS', 'has BYPASSRLS']),
    ...on('frontdesk_definer', ['ALTER ROLE frontdesk_definer LOGIN', 'can sign in']),
    ...on('isolation_stranger', [
      'CREATE ROLE isolation_stranger LOGIN; GRANT frontdesk_service TO isolation_stranger',
      'is a member of frontdesk_service',
    ]),
  ],
  settings: [
    ...on(
      'frontdesk_app',
      [
        `ALTER ROLE frontdesk_app SET app.org_id = 'b0000000-0000-4000-8000-000000000000'`,
        'begins with app.org_id set',
      ],
      [
        'ALTER ROLE frontdesk_app SET session_replication_role = replica',
        'begins with session_replication_role set',
      ],
      [
        `DO $$ BEGIN EXECUTE format('ALTER ROLE frontdesk_app IN DATABASE %I SET role = frontdesk_definer', current_database()); END $$`,
        'begins with role set',
      ],
    ),
    ...on(/^frontdesk_test_/, [
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = elsewhere', current_database()); END $$`,
      'begins with search_path set',
    ]),
  ],
  ownership: [
    ...on('x', ['CREATE TABLE x (org_id uuid NOT NULL, PRIMARY KEY (org_id))', 'belongs to ']),
    ...on('contacts', ['ALTER TABLE contacts OWNER TO frontdesk_service', 'belongs to frontdesk_service']),
    ...on('auth_org_id()', [
      'ALTER FUNCTION auth_org_id() OWNER TO frontdesk_definer',
      'belongs to frontdesk_definer',
    ]),
    ...on('type lead_score_type', [
      'ALTER DOMAIN lead_score_type OWNER TO frontdesk_app',
      'belongs to frontdesk_app',
    ]),
    ...on('schema public', [
      'ALTER SCHEMA public OWNER TO frontdesk_service',
      'belongs to frontdesk_service',
    ]),
  ],
  organizations: [
    ...on('x', [
      'CREATE TABLE x (id uuid PRIMARY KEY); ALTER TABLE x OWNER TO frontdesk_owner',
      'no migration made this table',
      'another schema',
    ]),
    ...on('contacts.org_id', [
      'ALTER TABLE contacts DROP CONSTRAINT contacts_pkey CASCADE; ALTER TABLE contacts ALTER org_id DROP NOT NULL',
      'may be null',
    ]),
  ],
  'row-level security': [
    ...on(
      'contacts',
      ['ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY', 'not enabled and forced'],
      ['ALTER TABLE contacts DISABLE ROW LEVEL SECURITY', 'not enabled and forced'],
    ),
    ...on('organizations', [
      'ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY',
      'not enabled and forced',
    ]),
    ...on('x', [copied('x'), 'not enabled and forced']),
    ...on('webhook_logs_old', [
      `CREATE TABLE webhook_logs_old PARTITION OF webhook_logs FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')`,
      'not enabled and forced',
    ]),
    ...on(AUDIT_MONTH, [onPartition('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY'), 'not enabled and forced']),
  ],
  policies: [
    ...on(
      'contacts',
      ['DROP POLICY contacts_delete ON contacts', 'contacts_delete is missing'],
      [
        'ALTER POLICY contacts_select ON contacts USING (true)',
        'contacts_select is missing, or says something else',
      ],
      [
        'ALTER POLICY contacts_select ON contacts USING (org_id = auth_org_id() OR id IS NOT NULL)',
        'contacts_select is missing, or says something else',
      ],
      [
        'ALTER POLICY contacts_select ON contacts USING (org_id = (SELECT auth_org_id()))',
        'contacts_select is missing, or says something else',
      ],
      [
        'ALTER POLICY contacts_insert ON contacts WITH CHECK (true)',
        'contacts_insert is missing, or says something else',
      ],
      [
        'ALTER POLICY contacts_update ON contacts WITH CHECK (true)',
        'contacts_update is missing, or says something else',
      ],
      [
        'ALTER POLICY contacts_select ON contacts TO frontdesk_app',
        'contacts_select is missing, or says something else',
      ],
      ['CREATE POLICY more ON contacts USING (true)', 'no migration made the policy more'],
      ['CREATE POLICY more ON contacts TO frontdesk_app USING (true)', 'no migration made the policy more'],
      [
        'CREATE POLICY more ON contacts TO frontdesk_definer USING (true)',
        'no migration made the policy more',
      ],
    ),
    ...on('organizations', [
      'ALTER POLICY organizations_select ON organizations USING (true)',
      'organizations_select is missing, or says something else',
    ]),
    ...on('memberships', [
      'ALTER POLICY memberships_definer_select ON memberships TO frontdesk_definer, frontdesk_app',
      'no migration made the policy memberships_definer_select',
    ]),
    ...on(AUDIT_MONTH, [onPartition('CREATE POLICY x ON %s USING (true)'), 'no migration made the policy x']),
  ],
  rights: [
    ...on(
      'users',
      ['GRANT SELECT ON users TO frontdesk_app', 'frontdesk_app may SELECT'],
      ['GRANT SELECT (email) ON users TO frontdesk_app', 'frontdesk_app may SELECT (email)'],
      ['GRANT SELECT ON users TO PUBLIC', 'PUBLIC may SELECT'],
    ),
    ...on(
      'contacts',
      ['GRANT TRUNCATE ON contacts TO frontdesk_service', 'frontdesk_service may TRUNCATE'],
      ['GRANT REFERENCES ON contacts TO frontdesk_app', 'frontdesk_app may REFERENCES'],
      ['GRANT TRIGGER ON contacts TO frontdesk_app', 'frontdesk_app may TRIGGER'],
      [
        'GRANT SELECT ON contacts TO frontdesk_app WITH GRANT OPTION',
        'frontdesk_app may give SELECT to others',
      ],
      [
        'CREATE ROLE isolation_stranger; GRANT SELECT ON contacts TO isolation_stranger',
        'isolation_stranger may SELECT',
      ],
    ),
    ...on(
      AUDIT_MONTH,
      [onPartition('GRANT SELECT ON %s TO frontdesk_app'), 'frontdesk_app may SELECT'],
      [onPartition('GRANT SELECT (id) ON %s TO frontdesk_app'), 'frontdesk_app may SELECT (id)'],
    ),
    ...on('x', [
      'CREATE SEQUENCE x; ALTER SEQUENCE x OWNER TO frontdesk_owner; GRANT USAGE ON x TO frontdesk_app',
      'frontdesk_app may USAGE',
    ]),
    ...on('public', ['GRANT CREATE ON SCHEMA public TO frontdesk_definer', 'frontdesk_definer may CREATE']),
    ...on('graphile_worker', [
      'GRANT USAGE ON SCHEMA graphile_worker TO frontdesk_app',
      'frontdesk_app may USAGE',
    ]),
    ...on('elsewhere.copy', [
      'CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.copy AS TABLE contacts; GRANT SELECT ON elsewhere.copy TO frontdesk_app',
      'frontdesk_app may SELECT',
    ]),
    ...on(
      'find_api_keys(text)',
      ['GRANT EXECUTE ON FUNCTION find_api_keys(text) TO PUBLIC', 'PUBLIC may EXECUTE'],
      ['GRANT EXECUTE ON FUNCTION find_api_keys(text) TO frontdesk_app', 'frontdesk_app may EXECUTE'],
    ),
    ...on(/^database frontdesk_test_/, [
      `DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO frontdesk_service', current_database()); END $$`,
      'frontdesk_service may CREATE',
    ]),
  ],
  'future rights': [
    ...on(
      'default privileges of frontdesk_owner',
      [
        'ALTER DEFAULT PRIVILEGES FOR ROLE frontdesk_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC',
        'PUBLIC gets EXECUTE on functions',
      ],
      [
        'ALTER DEFAULT PRIVILEGES FOR ROLE frontdesk_owner IN SCHEMA public GRANT SELECT ON TABLES TO frontdesk_app',
        'frontdesk_app gets SELECT on TABLES',
      ],
    ),
  ],
  functions: [
    ...on(
      'find_api_keys(text)',
      ['ALTER FUNCTION find_api_keys(text) RESET search_path', 'search_path is not fixed'],
      ['ALTER FUNCTION find_api_keys(text) SET search_path = pg_temp, public', 'search_path is not fixed'],
      ['ALTER FUNCTION find_api_keys(text) OWNER TO frontdesk_service', 'belongs to frontdesk_service'],
    ),
    ...on(
      'auth_org_id()',
      [
        `CREATE OR REPLACE FUNCTION auth_org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT id FROM organizations LIMIT 1 $$`,
        'does something else',
        'pg_get_functiondef',
      ],
      ['ALTER FUNCTION auth_org_id() SECURITY DEFINER', "runs with its owner's rights"],
      ['ALTER FUNCTION auth_org_id() LEAKPROOF', 'leakproof'],
    ),
    ...on('all_contacts()', [
      'CREATE FUNCTION all_contacts() RETURNS SETOF contacts LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT * FROM contacts $$',
      'no migration made it',
    ]),
    ...on('elsewhere.peek()', [
      'CREATE SCHEMA elsewhere; CREATE FUNCTION elsewhere.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM public.contacts $$',
      'no migration made it',
    ]),
  ],
  keys: [
    ...on(
      'x',
      ['CREATE UNIQUE INDEX x ON contacts (phone)', 'unique across organizations'],
      ['ALTER TABLE contacts ADD CONSTRAINT x UNIQUE (email)', 'unique across organizations'],
    ),
    ...on('y', [
      `CREATE TABLE y (org_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (id, org_id)); ALTER TABLE y OWNER TO frontdesk_owner`,
      'no primary key leads with org_id',
      'primary key that leads with org_id',
    ]),
  ],
  'foreign keys': [
    ...on(
      'x',
      [
        `CREATE UNIQUE INDEX y ON contacts (id); ${copied('x')}; ALTER TABLE x ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES contacts (id)`,
        'the foreign key k does not carry org_id',
      ],
      [
        `${copied('x')}; ALTER TABLE x ADD their_org uuid, ADD CONSTRAINT k FOREIGN KEY (their_org, id) REFERENCES contacts (org_id, id)`,
        'the foreign key k does not carry org_id',
      ],
      [
        `${copied('x')}; ALTER TABLE x ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES organizations (id)`,
        'the foreign key k leads to an organization by another column',
      ],
    ),
    ...on('messages', [
      `DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE messages DISABLE TRIGGER %I', g.tgname) FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint
         WHERE g.tgrelid = 'messages'::regclass AND k.confrelid = 'conversations'::regclass AND k.conrelid = 'messages'::regclass LIMIT 1); END $$`,
      'is not enforced',
    ]),
  ],
  'keys in place': [
    ...on('messages', [
      `DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE messages DROP CONSTRAINT %I', conname) FROM pg_constraint
         WHERE conrelid = 'messages'::regclass AND confrelid = 'conversations'::regclass LIMIT 1); END $$`,
      'is missing, or says something else',
    ]),
    ...on('api_keys', [
      'ALTER TABLE api_keys DROP CONSTRAINT api_keys_org_prefix_key, ADD CONSTRAINT api_keys_org_prefix_key UNIQUE (org_id, prefix, name)',
      'is missing, or says something else',
    ]),
  ],
  triggers: [
    ...on(
      'contacts',
      ['DROP TRIGGER contacts_org_id_immutable ON contacts', 'org_id can be changed'],
      ['ALTER TABLE contacts DISABLE TRIGGER contacts_org_id_immutable', 'contacts_org_id_immutable is off'],
      ['ALTER TABLE contacts DISABLE TRIGGER contacts_audit', 'contacts_audit is off'],
      [
        `CREATE OR REPLACE TRIGGER contacts_org_id_immutable BEFORE UPDATE ON contacts FOR EACH ROW WHEN (false) EXECUTE FUNCTION prevent_org_id_change()`,
        'org_id can be changed',
      ],
      [
        'CREATE TRIGGER x BEFORE INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()',
        'no migration made the trigger x',
      ],
      ['CREATE RULE x AS ON INSERT TO contacts DO ALSO NOTIFY x', 'the rule x'],
    ),
    ...on('audit_logs', [
      'ALTER TABLE audit_logs ENABLE TRIGGER audit_logs_append_only',
      'audit_logs_append_only is off, or not always on',
    ]),
    ...on(AUDIT_MONTH, [
      onPartition('ALTER TABLE %s DISABLE TRIGGER audit_logs_append_only'),
      'audit_logs_append_only is off',
    ]),
  ],
  views: [
    ...on(
      'x',
      ['CREATE VIEW x AS SELECT id FROM contacts', "shows rows with its owner's rights"],
      ['CREATE MATERIALIZED VIEW x AS SELECT id FROM contacts', 'holds copies of rows'],
    ),
    ...on('elsewhere.x', [
      'CREATE SCHEMA elsewhere; CREATE VIEW elsewhere.x AS SELECT id FROM contacts',
      "shows rows with its owner's rights",
    ]),
  ],
  server: [
    ...on('pg_statistic', [
      'GRANT SELECT ON pg_catalog.pg_statistic TO frontdesk_app',
      'frontdesk_app has SELECT on what is',
    ]),
    ...on('pg_authid', ['GRANT SELECT ON pg_catalog.pg_authid TO PUBLIC', 'PUBLIC has SELECT']),
    ...on('pg_authid.rolpassword', [
      'GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO frontdesk_service',
      'frontdesk_service has SELECT',
    ]),
    ...on('pg_read_file(text)', [
      'GRANT EXECUTE ON FUNCTION pg_read_file(text) TO frontdesk_app',
      'frontdesk_app has EXECUTE',
    ]),
    ...on('setting session_replication_role', [
      'GRANT SET ON PARAMETER session_replication_role TO frontdesk_app',
      'frontdesk_app may SET it',
    ]),
    ...on(/hidden_people$/, [
      'SET LOCAL allow_system_table_mods = on; CREATE VIEW pg_catalog.hidden_people AS SELECT 1 AS one',
      'stands among',
      'Find out who put it there',
    ]),
    ...on(/hidden_way\(\)$/, [
      'SET LOCAL allow_system_table_mods = on; CREATE FUNCTION pg_catalog.hidden_way() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'stands among',
      'Find out who put it there',
    ]),
    ...on('publication everything', ['CREATE PUBLICATION everything FOR ALL TABLES', 'sends rows']),
    ...on('extension dblink', ['CREATE EXTENSION dblink SCHEMA extensions', 'reaches out']),
  ],
};
