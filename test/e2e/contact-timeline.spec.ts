import { newId, systemScope, type Uuid } from '../../src/common/context';
import { TimelineRepository } from '../../src/modules/contacts/db/timeline.repository';
import { ContactDataHolders } from '../../src/modules/contacts/app/contact-data-holders';
import { anApiKey, as } from '../support';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

let place: TestInstallation;
let business: TestBusiness;
let other: TestBusiness;
let talk: TestConversation;
let contactId: Uuid;

const query = <Row extends Record<string, unknown>>(sql: string, params: unknown[] = []) =>
  place.app.db.query<Row>(sql, params);

interface Item {
  readonly at: string;
  readonly type: string;
  readonly id: string;
  readonly detail: Record<string, unknown>;
}

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  other = await aBusiness(place);
  talk = await aConversation(place, business);
  const [row] = await query<{ id: Uuid }>('SELECT contact_id AS id FROM conversations WHERE id = $1', [
    talk.id,
  ]);
  contactId = row!.id;
  await talk.reply('Good morning');
  await place.quiet();
  await place.app.database.runInOrg(systemScope(business.orgId), () =>
    place.app.database.tx.query(
      `UPDATE contacts SET lead_status = 'qualified', notes = 'secret' WHERE id = $1`,
      [contactId],
    ),
  );
  await talk.customer.writes('STOP');
  await place.quiet();
});
afterAll(() => place.stop());

async function pageOf(search: string, id = contactId): Promise<{ items: Item[]; nextCursor: string | null }> {
  const { body } = await business.owner.get(`/contacts/${id}/timeline?${search}`).expect(200);
  return body as { items: Item[]; nextCursor: string | null };
}

/** All pages, `limit` at a time. */
async function walk(limit: number, id = contactId): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: Item[]; nextCursor: string | null } = await pageOf(
      `limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`,
      id,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

it('tells everything that happened, newest first', async () => {
  const { items } = await pageOf('limit=200');
  const times = items.map(({ at }) => at);
  expect(times).toEqual([...times].sort().reverse());
  const of = (type: string) => items.filter((item) => item.type === type);
  expect(of('message').map(({ detail }) => detail['text'])).toEqual([
    expect.stringContaining('no more messages'),
    'STOP',
    'Good morning',
    'Hello',
  ]);
  expect(
    of('consent')
      .map(({ detail }) => [detail['action'], detail['purpose']].join(' '))
      .sort(),
  ).toEqual(['opt_in transactional', 'opt_out marketing', 'opt_out transactional']);
  expect(of('lead_status')[0]?.detail).toMatchObject({ to: 'qualified' });
  const change = of('change').find(({ detail }) => JSON.stringify(detail['new']).includes('qualified'));
  expect(change?.detail).toMatchObject({
    event: 'contacts.update',
    changedFields: ['leadStatus', 'notes'],
    old: { leadStatus: 'contacted' },
    new: { leadStatus: 'qualified' },
  });
  expect(JSON.stringify(of('change'))).not.toMatch(/hidden|_key|search_text|org_id|"id":"[^"]*","name/);
  expect(of('change').at(-1)?.detail['event']).toBe('contacts.insert');
});

it('begins with the status that a contact is added with', async () => {
  const added = await business.owner
    .post('/contacts', { name: 'Lou Lost', leadStatus: 'lost', leadStatusReason: 'Moved away' })
    .expect(201);
  const { items } = await pageOf('limit=200', added.body.id as Uuid);
  expect(items.find(({ type }) => type === 'lead_status')?.detail).toMatchObject({
    from: 'new',
    to: 'lost',
    reason: 'Moved away',
    actorType: 'user',
  });
  expect(items.find(({ type }) => type === 'change')?.detail).toMatchObject({
    changedFields: expect.arrayContaining(['leadStatus', 'leadStatusReason', 'name']),
  });
  const fresh = await business.owner.post('/contacts', { name: 'Nina New' }).expect(201);
  const { items: none } = await pageOf('type=lead_status', fresh.body.id as Uuid);
  expect(none).toEqual([]);
});

it('gives the same in pages of any size, also of things at the same moment', async () => {
  const at = '2026-03-01T10:00:00.123456Z';
  await query(
    `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status, created_at)
     SELECT $1, gen_random_uuid(), $2, 'incoming', 'at once', 'contact', 'received', $3 FROM generate_series(1, 7)`,
    [business.orgId, talk.id, at],
  );
  // The ledger keeps microseconds: a cursor of milliseconds would lose rows here.
  await query(
    `INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
     SELECT $1, gen_random_uuid(), $2, 'sms', 'opt_out', 'api', $3::timestamptz + i * interval '1 microsecond' FROM generate_series(1, 7) i`,
    [business.orgId, talk.customer.phone, at],
  );
  const whole = (await pageOf('limit=200')).items;
  expect(whole.length).toBeGreaterThan(20);
  for (const limit of [1, 2, 3, 7]) expect(await walk(limit)).toEqual(whole);
});

it('is of the kinds that are asked for', async () => {
  const { items } = await pageOf('type=consent,lead_status&limit=200');
  expect(new Set(items.map(({ type }) => type))).toEqual(new Set(['consent', 'lead_status']));
  const first = await pageOf('type=message&limit=1');
  await business.owner
    .get(`/contacts/${contactId}/timeline?type=consent&cursor=${first.nextCursor}`)
    .expect(400);
  await business.owner.get(`/contacts/${contactId}/timeline?type=weather`).expect(422);
});

it('leaves out what the caller may not read', async () => {
  const key = as(place.app, await anApiKey(place.app, business.orgId, ['contacts.read']));
  const { body } = await key.get(`/contacts/${contactId}/timeline?limit=200`).expect(200);
  expect(body.items.map(({ type }: Item) => type)).not.toContain('message');
  const none = await key.get(`/contacts/${contactId}/timeline?type=message`).expect(200);
  expect(none.body).toEqual({ items: [], nextCursor: null });
});

it('goes on over a merge', async () => {
  const second = await aConversation(place, business);
  const [row] = await query<{ id: Uuid }>('SELECT contact_id AS id FROM conversations WHERE id = $1', [
    second.id,
  ]);
  const [before, theirs] = [await walk(50), await walk(50, row!.id)];
  await business.owner.post(`/contacts/${contactId}/merge`, { from: row!.id }).expect(200);
  const after = new Set((await walk(50)).map(({ id }) => id));
  expect([...before, ...theirs].filter(({ id }) => !after.has(id))).toEqual([]);
});

it('is of the own organization alone', async () => {
  await other.owner.get(`/contacts/${contactId}/timeline`).expect(404);
  await business.owner.get(`/contacts/${newId()}/timeline`).expect(404);
});

it('finds each part by an index, under row-level security', async () => {
  await query(`SET session_replication_role = replica`);
  await query(
    `INSERT INTO contacts (org_id, id, name, phone) SELECT $1, new_uuid_v7(), 'C', '+1555' || lpad(i::text, 7, '0') FROM generate_series(1, 2000) i`,
    [business.orgId],
  );
  await query(
    `INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number) SELECT org_id, new_uuid_v7(), id, phone FROM contacts WHERE phone LIKE '+1555%'`,
  );
  await query(
    `INSERT INTO conversations (org_id, id, contact_id, contact_address, last_message_at) SELECT org_id, new_uuid_v7(), id, phone, now() FROM contacts WHERE phone LIKE '+1555%'`,
  );
  await query(
    `INSERT INTO messages (org_id, id, conversation_id, direction, author_type, status, created_at) SELECT org_id, new_uuid_v7(), id, 'incoming', 'contact', 'received', now() - i * interval '1 minute' FROM conversations, generate_series(1, 5) i`,
  );
  await query(
    `INSERT INTO consent_events (org_id, id, phone, channel, action, source, at) SELECT org_id, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'api', now() FROM contacts WHERE phone LIKE '+1555%'`,
  );
  await query(
    `INSERT INTO calls (org_id, id, direction, contact_id, provider_call_id, status, started_at) SELECT org_id, new_uuid_v7(), 'incoming', id, 'CA' || id, 'missed', now() FROM contacts WHERE phone LIKE '+1555%'`,
  );
  await query(
    `INSERT INTO lead_status_changes (org_id, id, contact_id, from_status, to_status, actor_type) SELECT org_id, new_uuid_v7(), id, 'new', 'lost', 'system' FROM contacts`,
  );
  await query(
    `INSERT INTO audit_logs (id, org_id, event_type, operation, table_name, record_id, actor, actor_type, request_id, created_at)
     SELECT new_uuid_v7(), org_id, 'contacts.update', 'UPDATE', 'contacts', id, 'system', 'system', id, now() FROM contacts`,
  );
  await query(
    `INSERT INTO contact_tombstones (org_id, id, merged_into) SELECT org_id, new_uuid_v7(), id FROM contacts`,
  );
  await query('SET session_replication_role = DEFAULT');
  await query('ANALYZE');

  const parts = place.app.nest
    .get(ContactDataHolders, { strict: false })
    .all()
    .flatMap(({ timeline }) => timeline);
  const repository = place.app.nest.get(TimelineRepository, { strict: false });
  const { database } = place.app;
  const scope = { ...systemScope(business.orgId), pool: 'app' as const, readOnly: true };
  const plan = await database.runInOrg(scope, async () => {
    const real = database.tx.query.bind(database.tx);
    jest.spyOn(database.tx, 'query').mockImplementation((sql, params) => real(`EXPLAIN ${sql}`, params));
    return (await repository.read(parts, contactId, null, 51)) as unknown as { 'QUERY PLAN': string }[];
  });
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  for (const index of [
    'idx_messages_org_conversation',
    'conversations_contact_connection_key',
    'idx_phone_mappings_contact',
    'idx_consent_events_org_phone',
    'idx_calls_org_contact',
    'idx_lead_status_changes_contact',
    'idx_contact_tombstones_merged_into',
  ])
    expect(text).toContain(index);
  expect(text).not.toContain('Seq Scan on');

  // The function's own statement, as its owner runs it: the trail is not to be read by anyone else.
  const [body] = await query<{ prosrc: string }>(
    `SELECT prosrc FROM pg_proc WHERE proname = 'contact_changes'`,
  );
  const inner = body!.prosrc
    .replace('auth_org_id()', `'${business.orgId}'::uuid`)
    .replace('unnest(contacts)', `unnest(ARRAY['${contactId}'::uuid])`)
    .replace('(before_at, before_id)', `('infinity'::timestamptz, '${newId()}'::uuid)`)
    .replace('page_size', '51');
  const changes = (await query<{ 'QUERY PLAN': string }>(`EXPLAIN ${inner}`))
    .map((row) => row['QUERY PLAN'])
    .join('\n');
  expect(changes).toMatch(/Index Scan using audit_logs_\d{4}_\d{2}_org_id_table_name_record_id_created_at_/);
});
