import { Injectable } from '@nestjs/common';
import { newId } from '../../src/common/context';
import { Subscribe, type ListensTo } from '../../src/common/events';
import { ContactBecameHot } from '../../src/modules/contacts';
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

/** Who listens for hot leads in this test. */
@Injectable()
@Subscribe(ContactBecameHot, 'test.note-hot-lead')
class HotLeads implements ListensTo<ContactBecameHot> {
  readonly seen: string[] = [];
  handle({ payload }: ContactBecameHot): Promise<void> {
    this.seen.push(payload.contactId);
    return Promise.resolve();
  }
}

let app: TestApp;
let hot: HotLeads;
let organization: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp({ providers: [HotLeads] });
  hot = app.nest.get(HotLeads);
});
beforeEach(async () => {
  organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
});
afterAll(() => app.stop());

interface Row extends Record<string, unknown> {
  name: string | null;
  phone: string | null;
  email: string | null;
  tags: string[];
}

const contacts = () =>
  app.db.query<Row>(
    `SELECT name, phone, email, tags, service_interests, lead_score, lead_status, notes, custom_fields FROM contacts
     WHERE org_id = $1 ORDER BY phone NULLS LAST, email`,
    [organization.orgId],
  );

/** A contact that is there already. */
const aContact = (values: Record<string, unknown>) =>
  app.db.query(
    `INSERT INTO contacts (org_id, id, name, phone, email, tags, notes, lead_status)
     SELECT $1, $2, name, phone, email, COALESCE(tags, '{}'), notes, COALESCE(lead_status, 'new')
     FROM jsonb_to_record($3::jsonb) AS r(name text, phone text, email text, tags text[], notes text, lead_status text)`,
    [organization.orgId, newId(), JSON.stringify(values)],
  );

const aField = (key: string, type: string, options: readonly string[] = []) =>
  app.db.query(
    'INSERT INTO contact_fields (org_id, id, key, label, type, options) VALUES ($1, $2, $3, $3, $4, $5)',
    [organization.orgId, newId(), key, type, options],
  );

async function uploaded(file: Buffer | string): Promise<Imported> {
  const { status, body } = await upload(app, organization.ownerToken, file);
  expect({ status, code: body.code }).toEqual({ status: 201, code: undefined });
  return body;
}

/** Imports a file by the mapping that is proposed for it, unless another one is given. */
async function imported(file: Buffer | string, order: object = {}): Promise<Imported> {
  const { id, preview } = await uploaded(file);
  await owner
    .post(`/contacts/imports/${id}/start`, { mapping: preview.suggestedMapping, ...order })
    .expect(202);
  await app.settled();
  return (await owner.get(`/contacts/imports/${id}`).expect(200)).body as Imported;
}

const errorsOf = async (id: string): Promise<string[]> => {
  const { text, headers } = await owner.get(`/contacts/imports/${id}/errors`).expect(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  return text.trim().split('\r\n');
};

describe('a file', () => {
  test('is shown as it begins, and proposes what its columns are', async () => {
    const body = await uploaded(
      'Vorname;Nachname;Telefon;E-Mail;Notiz\nDana;Weber;0151 23456789;D@x.de;"a;b"\n',
    );
    expect(body).toMatchObject({
      status: 'uploaded',
      encoding: 'utf-8',
      delimiter: ';',
      hasHeader: true,
      preview: {
        columns: ['Vorname', 'Nachname', 'Telefon', 'E-Mail', 'Notiz'],
        rows: [['Dana', 'Weber', '0151 23456789', 'D@x.de', 'a;b']],
        suggestedMapping: [
          { column: 1, field: 'firstName' },
          { column: 2, field: 'lastName' },
          { column: 3, field: 'phone' },
          { column: 4, field: 'email' },
          { column: 5, field: 'notes' },
        ],
      },
    });
    const { body: other } = await owner
      .get(`/contacts/imports/${body.id}/preview?delimiter=,&hasHeader=false`)
      .expect(200);
    expect(other).toMatchObject({ delimiter: ',', hasHeader: false, suggestedMapping: [] });
  });

  test.each([
    ['utf-8', Buffer.from('\uFEFFname;phone\nJörg Müller;015123456789\n')],
    ['utf-16le', Buffer.from('\uFEFFname;phone\nJörg Müller;015123456789\n', 'utf16le')],
    ['utf-16be', Buffer.from('\uFEFFname;phone\nJörg Müller;015123456789\n', 'utf16le').swap16()],
    ['windows-1252', Buffer.from('name;phone\nJörg Müller;015123456789\n', 'latin1')],
  ])('in %s is read as such', async (encoding, file) => {
    const done = await imported(file);
    expect(done).toMatchObject({ encoding, status: 'completed', created: 1, failed: 0 });
    expect(await contacts()).toMatchObject([{ name: 'Jörg Müller', phone: '+4915123456789' }]);
  });

  test.each([
    ['empty', '', 422, 'import_file_empty'],
    ['of empty lines', '\n\n\n', 422, 'import_file_empty'],
    ['no text', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0xff, 1, 2]), 415, 'import_file_not_text'],
  ])('that is %s is refused and leaves nothing', async (_what, file, status, code) => {
    expect(await upload(app, organization.ownerToken, file)).toMatchObject({ status, body: { code } });
    const left = await app.db.query('SELECT id FROM contact_imports WHERE org_id = $1', [organization.orgId]);
    expect(left).toEqual([]);
  });

  test('of another content type is refused, and a file on another route', async () => {
    const token = organization.ownerToken;
    expect(await upload(app, token, '{}', { type: 'application/json' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_content_type' },
    });
    const response = await fetch(`${app.url}/api/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: 'a,b',
    });
    expect(response.status).toBe(415);
  });

  test('that waits takes a place; there are five', async () => {
    for (let i = 0; i < 5; i++) await uploaded('phone\n015123456789\n');
    expect(await upload(app, organization.ownerToken, 'phone\n1\n')).toMatchObject({
      status: 409,
      body: { code: 'too_many_imports_waiting' },
    });
  });
});

describe('rows', () => {
  test('make contacts, and change those that are there: by phone, then by email', async () => {
    await aContact({ name: 'Old Name', phone: '+4915100000001', tags: ['vip'], notes: 'kept' });
    await aContact({ name: 'By Mail', email: 'mail@example.com' });
    await aContact({ name: 'Mother', phone: '+4915100000003', email: 'family@example.com' });
    const done = await imported(
      [
        'name,phone,email,tags,lead status,notes',
        'New Name,0151 00000001,,vip;new,contacted,',
        ',015100000002,mail@example.com,,,',
        'Child,015100000004,family@example.com,,qualified,',
        'Fresh,015100000005,,a;b,,"two\nlines"',
        'New Name,0151 00000001,,vip;new,contacted,',
      ].join('\n'),
    );
    expect(done).toMatchObject({
      status: 'completed',
      rowsRead: 5,
      created: 2,
      updated: 2,
      unchanged: 1,
      failed: 0,
    });
    expect(await contacts()).toMatchObject([
      {
        name: 'New Name',
        phone: '+4915100000001',
        tags: ['vip', 'new'],
        lead_status: 'contacted',
        notes: 'kept',
      },
      { name: 'By Mail', phone: '+4915100000002', email: 'mail@example.com' },
      { name: 'Mother', phone: '+4915100000003', email: 'family@example.com' },
      { name: 'Child', phone: '+4915100000004', email: 'family@example.com', lead_status: 'qualified' },
      { name: 'Fresh', phone: '+4915100000005', tags: ['a', 'b'], notes: 'two\nlines' },
    ]);
  });

  test('that are wrong are told by line, column and reason, without their values', async () => {
    await aContact({ name: 'A', email: 'twice@example.com' });
    await aContact({ name: 'B', email: 'twice@example.com' });
    await aContact({ phone: '+4915100000009', lead_status: 'booked' });
    const done = await imported(
      [
        'name,phone,email,score,status',
        'Good,015100000001,,hot,',
        '"Two',
        'lines",123,nonsense,hot,',
        'Nobody,,,,',
        'Short,015100000002',
        'Twice,,twice@example.com,,',
        'Lead,015100000009,,,new',
        'Score,015100000003,,tepid,',
        'Encoding �,015100000004,,,',
      ].join('\n'),
    );
    expect(done).toMatchObject({ status: 'completed', rowsRead: 8, created: 1, failed: 7 });
    const lines = await errorsOf(done.id);
    expect(lines.map((line) => line.split(',').slice(0, 3).join(','))).toEqual([
      'line,column,code',
      '3,phone,bad_phone',
      '3,email,bad_email',
      '5,,no_identity',
      '6,,ragged_row',
      '7,email,ambiguous_email',
      '8,leadStatus,lead_move_refused',
      '9,leadScore,not_an_option',
      '10,name,bad_characters',
    ]);
    expect(lines.join()).not.toMatch(/nonsense|tepid|twice@|Nobody/);
  });

  test('fill fields of the organization', async () => {
    await aField('size', 'choice', ['S', 'XL']);
    await aField('born', 'date');
    await aField('visits', 'number');
    const done = await imported(
      'Phone,Size,Born,Visits\n015100000001,xl,1980-02-03,"3,5"\n015100000002,M,,\n',
    );
    expect(done).toMatchObject({ created: 1, failed: 1 });
    expect(await contacts()).toMatchObject([
      { custom_fields: { size: 'XL', born: '1980-02-03', visits: 3.5 } },
    ]);
    expect(await errorsOf(done.id)).toHaveLength(2);
  });

  test('fill them as people write in German, too', async () => {
    await aField('born', 'date');
    await aField('vip', 'boolean');
    const done = await imported(
      'Telefon;born;vip\n015100000001;05.04.1980;ja\n015100000002;5.4.1980;Nein\n015100000003;31.02.1980;ja\n',
    );
    expect(done).toMatchObject({ created: 2, failed: 1 });
    expect(await contacts()).toMatchObject([
      { custom_fields: { born: '1980-04-05', vip: true } },
      { custom_fields: { born: '1980-04-05', vip: false } },
    ]);
    expect((await errorsOf(done.id))[1]).toContain('wrong_type');
  });

  test('tell of every lead that becomes hot, and of no other; a dry run of none', async () => {
    const { id: warm } = (await owner.post('/contacts', { phone: '+4915100000001' }).expect(201)).body;
    await owner.post('/contacts', { phone: '+4915100000002', leadScore: 'hot' }).expect(201);
    await app.settled();
    hot.seen.length = 0;
    const file = 'phone,score\n015100000001,hot\n015100000002,hot\n015100000003,hot\n015100000004,warm\n';
    await imported(file, { dryRun: true });
    expect(hot.seen).toEqual([]);
    await imported(file);
    const [made] = await app.db.query<{ id: string }>(
      `SELECT id FROM contacts WHERE org_id = $1 AND phone = '+4915100000003'`,
      [organization.orgId],
    );
    expect([...hot.seen].sort()).toEqual([warm, made?.id].sort());
  });

  test('with a number of a contact that was merged away are about the contact which it became', async () => {
    const made = async (contact: object): Promise<string> =>
      ((await owner.post('/contacts', contact).expect(201)).body as { id: string }).id;
    const into = await made({ name: 'Dana', phone: '+4915100000001' });
    const from = await made({ name: 'Dany', phone: '+4915100000002', leadScore: 'hot' });
    await app.settled();
    hot.seen.length = 0;
    await owner.post(`/contacts/${into}/merge`, { from, dryRun: true }).expect(200);
    await owner.post(`/contacts/${into}/merge`, { from }).expect(200);
    await app.settled();
    expect(hot.seen).toEqual([into]);

    const file = 'phone,tags,whatsapp consent\n015100000002,vip,no\n015100000002,regular,\n';
    expect(await imported(file, { dryRun: true })).toMatchObject({ created: 0, updated: 2, failed: 0 });
    expect(await imported(file)).toMatchObject({ created: 0, updated: 2, failed: 0 });
    expect(await contacts()).toMatchObject([
      { name: 'Dana', phone: '+4915100000001', tags: ['vip', 'regular'] },
    ]);
    // Consent is the number's that it was told of.
    expect(
      await app.db.query("SELECT phone FROM consent_events WHERE org_id = $1 AND purpose = 'transactional'", [
        organization.orgId,
      ]),
    ).toEqual([{ phone: '+4915100000002' }]);

    const { body } = await owner.post('/contacts', { phone: '+4915100000002' }).expect(409);
    expect(body.errors).toEqual([
      expect.objectContaining({ field: 'phone', code: 'phone_taken' }),
      { field: 'phone', code: 'leads_to', message: into },
    ]);
    // Given to somebody on purpose, it is theirs.
    const other = await made({ name: 'Somebody else' });
    await owner.patch(`/contacts/${other}`, { phone: '+4915100000002' }).expect(200);
    expect(await imported('phone,tags\n015100000002,new\n')).toMatchObject({ updated: 1 });
    expect(await contacts()).toMatchObject([{ tags: ['vip', 'regular'] }, { tags: ['new'] }]);
  });

  test('stop at one that has no end, told with its line; what was before is imported', async () => {
    const done = await imported(
      `phone,notes\n015100000001,fine\n015100000002,"never closed\n${'x\n'.repeat(2000)}`,
    );
    expect(done).toMatchObject({ status: 'failed', problem: 'quote_not_closed', problemLine: 3, created: 1 });
    expect(await contacts()).toHaveLength(1);
  });
});

describe('a dry run', () => {
  const file = [
    'name,phone,email,status',
    ...Array.from({ length: 2500 }, (_, i) => {
      const phone = i % 7 === 3 ? '' : `01510${String(i % 1700).padStart(6, '0')}`;
      const email = i % 5 === 0 ? `p${i % 900}@example.com` : i % 11 === 0 ? 'no address' : '';
      return `Person ${i % 300},${phone},${email},${['', 'new', 'contacted', 'lost'][i % 4] ?? ''}`;
    }),
  ].join('\n');

  test('counts and tells exactly what the import then does, and changes nothing', async () => {
    await aContact({ name: 'There', phone: '+491510000005', email: 'p5@example.com' });
    const before = await contacts();
    const dry = await imported(file, { dryRun: true });
    expect(dry).toMatchObject({ status: 'checked', rowsRead: 2500 });
    expect(await contacts()).toEqual(before);
    const told = await errorsOf(dry.id);
    expect(await app.db.query('SELECT FROM contact_import_drafts')).toEqual([]);

    const mapping = ['name', 'phone', 'email', 'leadStatus'].map((field, i) => ({ column: i + 1, field }));
    await owner.post(`/contacts/imports/${dry.id}/start`, { mapping }).expect(202);
    await app.settled();
    const real = (await owner.get(`/contacts/imports/${dry.id}`).expect(200)).body as Imported;
    const counts = ({ rowsRead, created, updated, unchanged, failed }: Imported) => ({
      ...{ rowsRead, created, updated, unchanged, failed },
    });
    expect(real.status).toBe('completed');
    expect(counts(real)).toEqual(counts(dry));
    expect(await errorsOf(real.id)).toEqual(told);
    expect(Math.min(real.created, real.updated, real.unchanged, real.failed)).toBeGreaterThan(0);
    const kept = 'SELECT FROM contact_import_chunks WHERE org_id = $1';
    expect(await app.db.query(kept, [organization.orgId])).toEqual([]);
  });
});

describe('consent', () => {
  const ledger = () =>
    app.db.query(
      `SELECT phone, channel, action, source, evidence, at FROM consent_events
       WHERE org_id = $1 AND purpose = 'transactional' ORDER BY phone, channel, at`,
      [organization.orgId],
    );
  const optedIn = () =>
    app.db.query(
      `SELECT phone_number, whatsapp_opted_in AS "in" FROM phone_number_mappings WHERE org_id = $1 ORDER BY 1`,
      [organization.orgId],
    );

  test('is recorded with its evidence, and needs it', async () => {
    const done = await imported(
      [
        'phone,whatsapp consent,consent date,consent text,consent source',
        '015100000001,yes,2025-03-01,I agree,Form A',
        '015100000002,yes,,,',
        '015100000003,no,,,',
        '015100000004,perhaps,,,',
        '015100000005,yes,2999-01-01,I agree,',
        '015100000006,,,,',
        '015100000007,ja,05.04.2025,,',
      ].join('\n'),
      { consent: { wording: 'Standard wording' } },
    );
    expect(done).toMatchObject({ created: 4, failed: 3 });
    expect((await errorsOf(done.id)).map((line) => line.split(',')[2])).toEqual([
      'code',
      'evidence_missing',
      'not_an_option',
      'in_future',
    ]);
    expect(await ledger()).toMatchObject([
      {
        phone: '+4915100000001',
        action: 'opt_in',
        source: 'import',
        at: new Date('2025-03-01T00:00:00Z'),
        evidence: { importId: done.id, line: 2, wording: 'I agree', source: 'Form A' },
      },
      { phone: '+4915100000003', action: 'opt_out' },
      {
        phone: '+4915100000007',
        at: new Date('2025-04-05T00:00:00Z'),
        evidence: { wording: 'Standard wording' },
      },
    ]);
    expect(await optedIn()).toEqual([
      { phone_number: '+4915100000001', in: true },
      { phone_number: '+4915100000003', in: false },
      { phone_number: '+4915100000007', in: true },
    ]);
  });

  test('to marketing is mapped as it is proposed', async () => {
    const done = await imported('phone,consent.whatsapp,consent.whatsapp.marketing\n015100000001,yes,yes\n', {
      consent: { at: '2025-06-01T00:00:00Z', wording: 'I agree to offers' },
    });
    expect(done).toMatchObject({ created: 1, failed: 0 });
    expect(
      await app.db.query('SELECT purpose, action FROM consent_events WHERE org_id = $1 ORDER BY purpose', [
        organization.orgId,
      ]),
    ).toEqual([
      { purpose: 'marketing', action: 'opt_in' },
      { purpose: 'transactional', action: 'opt_in' },
    ]);
  });

  test('does not open what was closed later', async () => {
    const consent = (at: string, word: string) =>
      imported(`phone,whatsapp consent\n015100000001,${word}\n`, { consent: { at, wording: 'I agree' } });
    await consent('2025-06-01T00:00:00Z', 'no');
    await consent('2025-05-01T00:00:00Z', 'yes');
    expect(await optedIn()).toEqual([{ phone_number: '+4915100000001', in: false }]);
    await consent('2025-07-01T00:00:00Z', 'yes');
    expect(await optedIn()).toEqual([{ phone_number: '+4915100000001', in: true }]);
  });
});

describe('starting and ending', () => {
  const mapping = [{ column: 1, field: 'phone' }];

  test('ten at once make one run', async () => {
    const { id } = await uploaded('phone\n015100000001\n');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => owner.post(`/contacts/imports/${id}/start`, { mapping })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, ...Array<number>(9).fill(409)]);
    await app.settled();
    expect(await contacts()).toHaveLength(1);
  });

  test('one import of an organization runs at a time', async () => {
    const [first, second] = [
      await uploaded('phone\n015100000001\n'),
      await uploaded('phone\n015100000002\n'),
    ];
    await app.db.query(`UPDATE contact_imports SET status = 'running' WHERE id = $1`, [first.id]);
    const { body } = await owner.post(`/contacts/imports/${second.id}/start`, { mapping }).expect(409);
    expect(body).toMatchObject({ code: 'import_running' });
  });

  test('a cancelled one goes no further and cannot be started', async () => {
    const { id } = await uploaded('phone\n015100000001\n');
    const { body } = await owner.post(`/contacts/imports/${id}/cancel`).expect(200);
    expect(body).toMatchObject({ status: 'cancelled' });
    expect((await owner.post(`/contacts/imports/${id}/start`, { mapping }).expect(409)).body).toMatchObject({
      code: 'import_not_startable',
    });
    expect((await owner.post(`/contacts/imports/${id}/cancel`).expect(409)).body).toMatchObject({
      code: 'import_not_cancellable',
    });
    expect((await owner.get(`/contacts/imports/${id}/preview`).expect(409)).body).toMatchObject({
      code: 'import_file_gone',
    });
    expect(await contacts()).toEqual([]);
  });

  test.each([
    ['names no person', [{ column: 1, field: 'name' }], 'mapping', 'no_identity'],
    [
      'names a field that is none',
      [...mapping, { column: 1, field: 'shoe' }],
      'mapping.1.field',
      'unknown_field',
    ],
    ['names a field twice', [...mapping, { column: 2, field: 'phone' }], 'mapping.1.field', 'mapped_twice'],
    ['names a column twice', [...mapping, { column: 1, field: 'email' }], 'mapping.1.column', 'mapped_twice'],
    ['names a column that is none', [{ column: 9, field: 'phone' }], 'mapping.0.column', 'no_such_column'],
  ])('a mapping that %s is refused', async (_what, wrong, field, code) => {
    const { id } = await uploaded('phone,name\n015100000001,A\n');
    const { body } = await owner.post(`/contacts/imports/${id}/start`, { mapping: wrong }).expect(422);
    expect(body).toMatchObject({ code: 'bad_import_mapping', errors: [{ field, code }] });
  });

  test('is told in the audit trail with who did it, and the contacts with it', async () => {
    const { id } = await imported('phone\n015100000001\n015100000001\nx\n');
    const events = await app.db.query(
      `SELECT event_type, actor, actor_type, new_values FROM audit_logs
       WHERE org_id = $1 AND (record_id = $2 OR event_type = 'contacts.insert') ORDER BY created_at`,
      [organization.orgId, id],
    );
    const who = { actor: organization.ownerId, actor_type: 'user' };
    expect(events).toMatchObject([
      { event_type: 'contacts.import-uploaded', ...who },
      { event_type: 'contacts.import-started', ...who },
      { event_type: 'contacts.insert', ...who },
      {
        event_type: 'contacts.import-finished',
        ...who,
        new_values: { status: 'completed', rowsRead: 3, created: 1, unchanged: 1, failed: 1 },
      },
    ]);
  });
});

describe('whoever may not', () => {
  test.each(['agent', 'viewer'] as const)('%s is refused everything', async (role) => {
    const { token } = await aMember(app, organization.orgId, role);
    const { id } = await uploaded('phone\n015100000001\n');
    const member = as(app, token);
    expect(await upload(app, token, 'phone\n1\n')).toMatchObject({ status: 403 });
    await member.get('/contacts/imports').expect(403);
    await member.get(`/contacts/imports/${id}`).expect(403);
    await member
      .post(`/contacts/imports/${id}/start`, { mapping: [{ column: 1, field: 'phone' }] })
      .expect(403);
    await member.post(`/contacts/imports/${id}/cancel`).expect(403);
    await member.get(`/contacts/imports/${id}/errors`).expect(403);
  });

  test("another organization's import is one that does not exist", async () => {
    const { id } = await uploaded('phone\n015100000001\n');
    const stranger = as(app, (await anOrganization(app)).ownerToken);
    for (const unknown of [id, newId()]) {
      await stranger.get(`/contacts/imports/${unknown}`).expect(404);
      await stranger.get(`/contacts/imports/${unknown}/preview`).expect(404);
      await stranger.get(`/contacts/imports/${unknown}/errors`).expect(404);
      await stranger.post(`/contacts/imports/${unknown}/cancel`).expect(404);
      await stranger
        .post(`/contacts/imports/${unknown}/start`, { mapping: [{ column: 1, field: 'phone' }] })
        .expect(404);
    }
    expect((await stranger.get('/contacts/imports').expect(200)).body).toMatchObject({ items: [] });
    expect((await owner.get('/contacts/imports').expect(200)).body).toMatchObject({ items: [{ id }] });
  });
});
