import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { newId, type OrgScope, type Uuid } from '../../src/common/context';
import { Schedule } from '../../src/common/schedule';
import { AuditTrail } from '../../src/modules/audit';
import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  testApp,
  type TestApp,
  type TestOrganization,
} from '../support';

interface Entry extends Record<string, unknown> {
  org_id: string | null;
  event_type: string;
  operation: string;
  table_name: string | null;
  record_id: string | null;
  actor: string;
  actor_type: string;
  old_values: Record<string, unknown> | null;
  new_values: Record<string, unknown> | null;
  request_id: string;
}

interface Body {
  items: {
    id: string;
    eventType: string;
    recordId: string | null;
    actor: string;
    tableName: string | null;
  }[];
  nextCursor: string | null;
}

let app: TestApp;
let org: TestOrganization;
let other: TestOrganization;

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'all' } });
  org = await anOrganization(app);
  other = await anOrganization(app);
});
afterAll(() => app.stop());

/** What the trail says of one row, oldest first. */
function entriesOf(recordId: string): Promise<Entry[]> {
  return app.db.query<Entry>(
    `SELECT org_id, event_type, operation, table_name, record_id, actor, actor_type, old_values, new_values, request_id
     FROM audit_logs WHERE record_id = $1 ORDER BY created_at, id`,
    [recordId],
  );
}

const refused = (sqlState: string) => expect.objectContaining({ code: sqlState });
const INSUFFICIENT_PRIVILEGE = '42501';
const RESTRICT_VIOLATION = '23001';

/** One statement in a session of its own, after `before`. */
async function runAs(url: string, before: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(before);
    return (await client.query(sql)).rowCount;
  } finally {
    await client.end();
  }
}

async function aContact(scope: OrgScope, name = 'Ana'): Promise<Uuid> {
  const id = newId();
  await app.database.runInOrg(scope, () =>
    app.database.tx.query('INSERT INTO contacts (org_id, id, name) VALUES ($1, $2, $3)', [
      scope.orgId,
      id,
      name,
    ]),
  );
  return id;
}

function change(scope: OrgScope, id: Uuid, set: string): Promise<number> {
  return app.database.runInOrg(scope, () =>
    app.database.tx.execute(`UPDATE contacts SET ${set} WHERE org_id = $1 AND id = $2`, [scope.orgId, id]),
  );
}

describe('row changes', () => {
  it('tell who changed what, at whose request', async () => {
    const requestId = newId();
    const created = await as(app, org.ownerToken)
      .post('/api-keys', { name: 'Website', scopes: ['contacts.read'] })
      .set('x-request-id', requestId)
      .expect(201);
    const { id, prefix } = created.body as { id: string; prefix: string };
    const revoking = newId();
    await as(app, org.ownerToken).delete(`/api-keys/${id}`).set('x-request-id', revoking).expect(204);

    const [insert, update, ...rest] = (await entriesOf(id)).filter(
      ({ table_name }) => table_name === 'api_keys',
    );
    expect(rest).toEqual([]);
    expect(insert).toMatchObject({
      org_id: org.orgId,
      event_type: 'api_keys.insert',
      operation: 'INSERT',
      actor: org.ownerId,
      actor_type: 'user',
      old_values: null,
      new_values: { name: 'Website', prefix, secret_hash: '[hidden]' },
      request_id: requestId,
    });
    expect(update).toMatchObject({
      operation: 'UPDATE',
      actor: org.ownerId,
      actor_type: 'user',
      old_values: { revoked_at: null },
      new_values: { revoked_at: expect.any(String) },
      request_id: revoking,
    });
    expect(Object.keys(update?.new_values ?? {})).toEqual(['revoked_at']);
  });

  it('name an API key as the actor', async () => {
    const secret = await anApiKey(app, org.orgId, ['api_keys.manage', 'contacts.read']);
    const { body } = await as(app, secret)
      .post('/api-keys', { name: 'Second', scopes: ['contacts.read'] })
      .expect(201);
    const [insert] = await entriesOf((body as { id: string }).id);
    const [key] = await app.db.query<{ id: string }>('SELECT id FROM api_keys WHERE prefix = $1', [
      secret.split('_')[1],
    ]);
    expect(insert).toMatchObject({ actor_type: 'api_key', actor: key?.id });
  });

  it('name the system for jobs, and show insert, changed columns, and delete', async () => {
    const scope = { ...org.scope, requestId: newId() };
    const id = await aContact(scope);
    await change(scope, id, `lead_status = 'contacted', notes = 'called'`);
    await app.database.runInOrg(scope, () =>
      app.database.tx.query('DELETE FROM contacts WHERE org_id = $1 AND id = $2', [org.orgId, id]),
    );
    const entries = await entriesOf(id);
    expect(entries.map(({ operation }) => operation)).toEqual(['INSERT', 'UPDATE', 'DELETE']);
    for (const entry of entries)
      expect(entry).toMatchObject({
        org_id: org.orgId,
        table_name: 'contacts',
        actor: 'system',
        actor_type: 'system',
        request_id: scope.requestId,
      });
    expect(entries[1]).toMatchObject({
      old_values: { lead_status: 'new', notes: null },
      new_values: { lead_status: 'contacted', notes: '[hidden]' },
    });
    expect(entries[2]).toMatchObject({
      new_values: null,
      old_values: { name: '[hidden]', lead_status: 'contacted', id },
    });
  });

  it('are not written for an update that changes nothing', async () => {
    const id = await aContact(org.scope);
    expect(await change(org.scope, id, 'name = name')).toBe(1);
    expect(await entriesOf(id)).toHaveLength(1);
  });

  it('vanish with the transaction that they are of', async () => {
    const id = newId();
    const failing = app.database.runInOrg(org.scope, async () => {
      await app.database.tx.query('INSERT INTO contacts (org_id, id) VALUES ($1, $2)', [org.orgId, id]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await entriesOf(id)).toEqual([]);
  });

  it('never hold a hidden value, and tell that it changed', async () => {
    const id = newId();
    await app.database.runInOrg(org.scope, async () => {
      const { tx } = app.database;
      await tx.query(
        `INSERT INTO organization_keys (org_id, id, wrapped_key, master_key_id) VALUES ($1, $2, 'topsecret1', 'm')`,
        [org.orgId, id],
      );
      await tx.query(`UPDATE organization_keys SET wrapped_key = 'topsecret2' WHERE id = $1`, [id]);
    });
    const entries = await entriesOf(id);
    expect(entries[0]?.new_values).toMatchObject({ wrapped_key: '[hidden]', master_key_id: 'm' });
    expect(entries[1]).toMatchObject({
      old_values: { wrapped_key: '[hidden]' },
      new_values: { wrapped_key: '[hidden]' },
    });
    const spoken = await app.db.query(`SELECT FROM audit_logs a WHERE a::text LIKE '%topsecret%'`);
    expect(spoken).toEqual([]);
  });

  it('say "database" for work that was done past the program', async () => {
    const id = newId();
    await app.db.query('INSERT INTO contacts (org_id, id) VALUES ($1, $2)', [org.orgId, id]);
    const [entry] = await entriesOf(id);
    const [who] = await app.db.query<{ session_user: string }>('SELECT session_user');
    expect(entry).toMatchObject({ actor_type: 'database', actor: who?.session_user });
  });
});

describe('the trail', () => {
  const setOrg = () => `SET app.org_id = '${org.orgId}'`;
  const replica = `SET session_replication_role = replica`;
  const statements = {
    UPDATE: `UPDATE audit_logs SET actor = 'someone else'`,
    DELETE: 'DELETE FROM audit_logs',
    TRUNCATE: 'TRUNCATE audit_logs',
  };
  const owner = () => `SET ROLE frontdesk_owner; ${setOrg()}`;

  describe.each(Object.entries(statements))('refuses %s', (_what, sql) => {
    it('to requests', () =>
      expect(runAs(app.db.urlAs('frontdesk_app'), setOrg(), sql)).rejects.toEqual(
        refused(INSUFFICIENT_PRIVILEGE),
      ));
    it('to jobs', () =>
      expect(runAs(app.db.urlAs('frontdesk_service'), setOrg(), sql)).rejects.toEqual(
        refused(INSUFFICIENT_PRIVILEGE),
      ));
    it('to its owner', () =>
      expect(runAs(app.db.adminUrl, owner(), sql)).rejects.toEqual(refused(RESTRICT_VIOLATION)));
    it('to a superuser', () =>
      expect(runAs(app.db.adminUrl, 'SELECT 1', sql)).rejects.toEqual(refused(RESTRICT_VIOLATION)));
    it('to a superuser who plays replica', () =>
      expect(runAs(app.db.adminUrl, replica, sql)).rejects.toEqual(refused(RESTRICT_VIOLATION)));
    it('in every partition by itself, those that came later too', async () => {
      const id = newId();
      await app.db.query(`SELECT ensure_month_partitions('audit_logs', 5)`);
      await app.db.query(
        `INSERT INTO audit_logs (id, org_id, event_type, operation, actor, actor_type, request_id, created_at)
         SELECT $1, $2, 'test.later', 'TEST', 'system', 'system', $1, now() + make_interval(months => 5)`,
        [id, org.orgId],
      );
      const [row] = await app.db.query<{ partition: string }>(
        'SELECT tableoid::regclass::text AS partition FROM audit_logs WHERE id = $1',
        [id],
      );
      const direct = sql.replace('audit_logs', row?.partition ?? '');
      await expect(runAs(app.db.adminUrl, replica, direct)).rejects.toEqual(refused(RESTRICT_VIOLATION));
    });
  });

  it('is not for requests to look at', () =>
    expect(runAs(app.db.urlAs('frontdesk_app'), setOrg(), 'SELECT id FROM audit_logs')).rejects.toEqual(
      refused(INSUFFICIENT_PRIVILEGE),
    ));

  it.each(['frontdesk_app', 'frontdesk_service'] as const)('is not for %s to write into', (role) =>
    expect(runAs(app.db.urlAs(role), setOrg(), 'INSERT INTO audit_logs DEFAULT VALUES')).rejects.toEqual(
      refused(INSUFFICIENT_PRIVILEGE),
    ),
  );

  it.each(['frontdesk_app', 'frontdesk_service'] as const)('lets %s into no partition', async (role) => {
    const partitions = await app.db.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass`,
    );
    expect(partitions.length).toBeGreaterThanOrEqual(4);
    for (const { name } of partitions)
      await expect(runAs(app.db.urlAs(role), setOrg(), `SELECT id FROM ${name}`)).rejects.toEqual(
        refused(INSUFFICIENT_PRIVILEGE),
      );
  });

  it.each(['app', 'service'] as const)('is read for the organization at hand alone, as %s', async (pool) => {
    const read = (of: Uuid) =>
      app.database.runInOrg({ ...org.scope, pool }, () =>
        app.database.tx.query('SELECT id FROM get_org_audit_logs($1)', [of]),
      );
    expect((await read(org.orgId)).length).toBeGreaterThan(0);
    await expect(read(other.orgId)).rejects.toEqual(refused(INSUFFICIENT_PRIVILEGE));
  });

  it('is read for no organization where none is at hand', () =>
    expect(app.database.platform('SELECT id FROM get_org_audit_logs($1)', [org.orgId])).rejects.toEqual(
      refused(INSUFFICIENT_PRIVILEGE),
    ));

  it.each(['app', 'service'] as const)(
    'takes events of the organization at hand alone, as %s',
    async (pool) => {
      const trail = app.nest.get(AuditTrail);
      const record = (orgId: Uuid | null) =>
        app.database.runInOrg({ ...org.scope, pool }, () =>
          trail.record({ eventType: 'test.event', operation: 'TEST', orgId, actor: org.scope.actor }),
        );
      await record(org.orgId);
      await expect(record(other.orgId)).rejects.toEqual(refused(INSUFFICIENT_PRIVILEGE));
      await expect(record(null)).rejects.toEqual(refused(INSUFFICIENT_PRIVILEGE));
    },
  );

  it('takes no event from a request without an organization', () =>
    expect(
      runAs(
        app.db.urlAs('frontdesk_app'),
        'SELECT 1',
        `SELECT log_audit_event('test.event', 'TEST', NULL, 'system', NULL)`,
      ),
    ).rejects.toEqual(refused(INSUFFICIENT_PRIVILEGE)));

  it('has its months made ahead of time by a scheduled job', async () => {
    const [last] = await app.db.query<{ name: string }>(
      `SELECT 'audit_logs_' || to_char((now() AT TIME ZONE 'UTC') + interval '3 months', 'YYYY_MM') AS name`,
    );
    const name = last?.name ?? '';
    const exists = async () =>
      (await app.db.query('SELECT FROM pg_class WHERE relname = $1', [name])).length === 1;
    await app.settled();
    await app.db.query(`DROP TABLE ${name}`);
    expect(await exists()).toBe(false);
    expect(await app.nest.get(Schedule).fire('audit.maintain-partitions', new Date(0))).toBe(true);
    await app.settled();
    expect(await exists()).toBe(true);
  });
});

describe('GET /api/v1/audit-logs', () => {
  const list = async (query: Record<string, string>, token = org.ownerToken): Promise<Body> =>
    (await as(app, token).get('/audit-logs').query(query).expect(200)).body as Body;

  it('is for owners, admins and keys that may', async () => {
    const expected = { owner: 200, admin: 200, agent: 403, viewer: 403 } as const;
    for (const role of ['owner', 'admin', 'agent', 'viewer'] as const) {
      const { token } = await aMember(app, org.orgId, role);
      await as(app, token).get('/audit-logs').expect(expected[role]);
    }
    await as(app, await anApiKey(app, org.orgId, ['audit.read']))
      .get('/audit-logs')
      .expect(200);
    await as(app, await anApiKey(app, org.orgId, ['contacts.read']))
      .get('/audit-logs')
      .expect(403);
    await app.http().get('/api/v1/audit-logs').expect(401);
  });

  it('shows the whole entry', async () => {
    const scope = { ...org.scope, requestId: newId() };
    const id = await aContact(scope, 'Whole');
    const { items } = await list({ recordId: id });
    expect(items).toEqual([
      {
        id: expect.any(String),
        eventType: 'contacts.insert',
        operation: 'INSERT',
        tableName: 'contacts',
        recordId: id,
        actor: 'system',
        actorType: 'system',
        query: null,
        oldValues: null,
        newValues: expect.objectContaining({ name: '[hidden]', lead_status: 'new' }),
        ipAddress: null,
        requestId: scope.requestId,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    ]);
  });

  it('shows nothing of another organization', async () => {
    const id = await aContact(other.scope, 'Not yours');
    expect((await list({ recordId: id })).items).toEqual([]);
    expect((await list({ recordId: id }, other.ownerToken)).items).toHaveLength(1);
  });

  it('filters by event, table, row, actor and time; filters add up', async () => {
    const id = await aContact(org.scope);
    await change(org.scope, id, `notes = 'x'`);
    const all = async (query: Record<string, string>) => (await list({ limit: '200', ...query })).items;

    expect((await all({ recordId: id })).map(({ eventType }) => eventType)).toEqual([
      'contacts.update',
      'contacts.insert',
    ]);
    expect(
      (await all({ recordId: id, eventType: 'contacts.update' })).map(({ eventType }) => eventType),
    ).toEqual(['contacts.update']);
    expect(new Set((await all({ tableName: 'api_keys' })).map(({ tableName }) => tableName))).toEqual(
      new Set(['api_keys']),
    );
    expect(new Set((await all({ actor: org.ownerId })).map(({ actor }) => actor))).toEqual(
      new Set([org.ownerId]),
    );
    expect(await all({ recordId: id, actor: org.ownerId })).toEqual([]);

    const [update] = await app.db.query<{ at: Date }>(
      `SELECT date_trunc('milliseconds', created_at) AS at FROM audit_logs WHERE record_id = $1 AND operation = 'UPDATE'`,
      [id],
    );
    const at = update!.at;
    const after = new Date(at.getTime() + 1);
    expect(
      (await all({ recordId: id, from: at.toISOString(), to: after.toISOString() })).length,
    ).toBeGreaterThanOrEqual(1);
    expect(await all({ recordId: id, from: after.toISOString() })).toEqual([]);
    expect(
      (await all({ recordId: id, to: at.toISOString() })).map(({ eventType }) => eventType),
    ).not.toContain('contacts.update');
  });

  it.each([
    ['from', 'yesterday'],
    ['recordId', '42'],
    ['limit', '201'],
    ['eventType', ''],
    ['nonsense', 'x'],
  ])('refuses %s=%s', async (name, value) => {
    const { body } = await as(app, org.ownerToken)
      .get('/audit-logs')
      .query({ [name]: value })
      .expect(422);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ field: name }] });
  });

  it('pages through entries of the same millisecond without losing or repeating one', async () => {
    const record = newId();
    const ids = Array.from({ length: 7 }, () => newId());
    for (const [index, id] of ids.entries())
      await app.db.query(
        `INSERT INTO audit_logs (id, org_id, event_type, operation, record_id, actor, actor_type, request_id, created_at)
         VALUES ($1, $2, 'test.page', 'TEST', $3, 'system', 'system', $1,
           date_trunc('milliseconds', now()) + make_interval(secs => $4::int / 3 * 0.0001))`,
        [id, org.orgId, record, index],
      );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = {
        recordId: record,
        limit: '2',
        ...(cursor === null ? {} : { cursor }),
      };
      const page: Body = await list(query);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].reverse());
  });

  it('takes a cursor for the same filter and organization only', async () => {
    const { nextCursor } = await list({ limit: '1' });
    const cursor = nextCursor ?? '';
    const refusal = async (query: Record<string, string>, token: string) =>
      (await as(app, token).get('/audit-logs').query(query).expect(400)).body as unknown;
    const bad = expect.objectContaining({ code: 'bad_cursor' });
    expect(await refusal({ cursor, tableName: 'contacts' }, org.ownerToken)).toEqual(bad);
    expect(await refusal({ cursor }, other.ownerToken)).toEqual(bad);
    expect(await refusal({ cursor: `${cursor}x` }, org.ownerToken)).toEqual(bad);
    await list({ cursor });
  });
});

it('the README lists the tables without row audit, as their comments do', async () => {
  const readme = readFileSync(resolve(__dirname, '../../src/modules/audit/README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Tables without row audit'));
  const listed = [...section.matchAll(/^\| `(\w+)` +\| (.+?) +\|$/gm)].map(([, table, reason]) => ({
    table,
    reason,
  }));
  const commented = await app.db.query<{ table: string; reason: string }>(
    `SELECT relname AS table, substring(obj_description(oid, 'pg_class') FROM '^not row-audited: (.*)$') AS reason
     FROM pg_class WHERE relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') LIKE 'not row-audited:%'
     ORDER BY relname COLLATE "C"`,
  );
  expect(listed.length).toBeGreaterThan(0);
  expect(listed).toEqual(commented);
});
