import { get } from 'node:http';
import { once } from 'node:events';
import fc from 'fast-check';
import { newId } from '../../src/common/context';
import {
  aMember,
  anOrganization,
  as,
  testApp,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';
import { upload, type Imported } from '../support/imports';

let app: TestApp;
let organization: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp();
});
beforeEach(async () => {
  organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
});
afterAll(() => app.stop());

interface Values {
  name: string | null;
  phone: string;
  notes: string | null;
  tags: string[];
  custom_fields: Record<string, string>;
}

const put = (orgId: string, contacts: readonly Values[]) =>
  app.db.query(
    `INSERT INTO contacts (org_id, id, name, phone, notes, tags, custom_fields)
     SELECT $1, new_uuid_v7(), r.* FROM jsonb_to_recordset($2::jsonb)
       AS r(name text, phone text, notes text, tags text[], custom_fields jsonb)`,
    [orgId, JSON.stringify(contacts)],
  );
const aField = (orgId: string, key: string) =>
  app.db.query(`INSERT INTO contact_fields (org_id, id, key, label, type) VALUES ($1, $2, $3, $3, 'text')`, [
    orgId,
    newId(),
    key,
  ]);
const stored = (orgId: string) =>
  app.db.query<Values & Record<string, unknown>>(
    'SELECT name, phone, notes, tags, custom_fields FROM contacts WHERE org_id = $1 ORDER BY phone',
    [orgId],
  );
const events = () =>
  app.db.query<{ event_type: string; new_values: Record<string, unknown>; actor: string }>(
    `SELECT event_type, new_values, actor FROM audit_logs WHERE org_id = $1 AND event_type LIKE 'contacts.export%'
     ORDER BY created_at, id`,
    [organization.orgId],
  );
const contact = (i: number, more: Partial<Values> = {}): Values => ({
  name: `Person ${i}`,
  phone: `+491510000${String(i).padStart(4, '0')}`,
  notes: null,
  tags: [],
  custom_fields: {},
  ...more,
});

test('gives every contact of the filter once, in batches, and tells the trail', async () => {
  await put(
    organization.orgId,
    Array.from({ length: 1_203 }, (_, i) => contact(i, { tags: i % 3 === 0 ? ['vip'] : [] })),
  );
  await put((await anOrganization(app)).orgId, [contact(9_999)]);
  const all = await owner.get('/contacts/export').expect(200);
  expect(all.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="contacts.csv"',
  });
  const lines = all.text.trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^id,name,phone,email,/);
  const phones = lines.slice(1).map((line) => line.split(',')[2]);
  expect(phones.sort()).toEqual(Array.from({ length: 1_203 }, (_, i) => contact(i).phone));

  const some = await owner.get('/contacts/export?tag=vip&q=person&bom=true').expect(200);
  expect(some.text.trimEnd().split('\r\n')).toHaveLength(402);
  expect(some.text.startsWith('\uFEFFid,')).toBe(true);
  const who = { actor: organization.ownerId };
  expect(await events()).toMatchObject([
    { event_type: 'contacts.export-started', ...who },
    { event_type: 'contacts.export', new_values: { filter: {}, rows: 1_203, complete: true }, ...who },
    { event_type: 'contacts.export-started', ...who },
    {
      event_type: 'contacts.export',
      new_values: { filter: { tags: ['vip'], q: '[given]' }, rows: 401, complete: true },
      ...who,
    },
  ]);
});

test('lets no spreadsheet run what somebody wrote', async () => {
  await put(organization.orgId, [
    contact(1, { name: '=HYPERLINK("http://x")', notes: '@SUM(A1)', tags: ['-1+1'] }),
    contact(2, { name: "'=1", notes: '\t=1' }),
  ]);
  const { text } = await owner.get('/contacts/export').expect(200);
  expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(text).toContain(`'@SUM(A1)`);
  expect(text).toContain(`,'-1+1,`);
  expect(text).toContain(`,''=1,`);
  expect(text).toContain(',+4915100000001,');
});

test('can be imported again as it is: nothing changes there, and elsewhere the same contacts come out', async () => {
  const line = fc
    .string({
      unit: fc.constantFrom('a', 'Ü', '"', ',', ';', '\\', '=', '+', '-', '@', "'", '|', '中'),
      maxLength: 6,
    })
    .map((text) => text.trim());
  const lines = fc.array(line, { maxLength: 3 }).map((parts) => parts.join('\n').trim());
  const orNull = (text: string) => text || null;
  const values = fc.record({
    name: line.map(orNull),
    notes: lines.map(orNull),
    tag: line,
    other: line,
    field: line,
  });
  const made = fc.sample(values, 60).map(({ tag, other, field, ...rest }, i) =>
    contact(i, {
      ...rest,
      tags: [...new Set([tag, other].filter(Boolean))],
      custom_fields: field ? { note: field } : {},
    }),
  );
  await aField(organization.orgId, 'note');
  await put(organization.orgId, made);
  const { text } = await owner.get('/contacts/export').expect(200);

  const imported = async (token: string): Promise<Imported> => {
    const { body } = await upload(app, token, text);
    const mapping = body.preview.suggestedMapping;
    expect(mapping.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['name', 'phone', 'notes', 'tags', 'customFields.note']),
    );
    await as(app, token).post(`/contacts/imports/${body.id}/start`, { mapping }).expect(202);
    await app.settled();
    return (await as(app, token).get(`/contacts/imports/${body.id}`).expect(200)).body as Imported;
  };
  expect(await imported(organization.ownerToken)).toMatchObject({
    unchanged: 60,
    created: 0,
    updated: 0,
    failed: 0,
  });
  const elsewhere = await anOrganization(app);
  await aField(elsewhere.orgId, 'note');
  expect(await imported(elsewhere.ownerToken)).toMatchObject({ created: 60, failed: 0 });
  expect(await stored(elsewhere.orgId)).toEqual(await stored(organization.orgId));
});

test('is told in the trail also when whoever asked goes away, and is not read to its end for nobody', async () => {
  await put(
    organization.orgId,
    Array.from({ length: 2_500 }, (_, i) => contact(i, { notes: 'x'.repeat(8_000) })),
  );
  const request = get(`${app.url}/api/v1/contacts/export`, {
    headers: { authorization: `Bearer ${organization.ownerToken}` },
  });
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { destroy(): void }];
  await once(response, 'readable');
  response.destroy();
  for (let i = 0; i < 100 && (await events()).length < 2; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const [, ended] = await events();
  expect(ended).toMatchObject({ event_type: 'contacts.export', new_values: { complete: false } });
  expect(Number(ended?.new_values['rows'])).toBeLessThan(2_500);
});

test.each(['agent', 'viewer'] as const)('is refused to a %s', async (role) => {
  const { token } = await aMember(app, organization.orgId, role);
  await as(app, token).get('/contacts/export').expect(403);
});

test('refuses a filter that is none', async () => {
  await owner.get('/contacts/export?leadScore=tepid').expect(422);
  await owner.get('/contacts/export?limit=5').expect(422);
});
