import { newId, systemScope, type Uuid } from '../../src/common/context';
import { RecipientTime, type TimedMessage } from '../../src/modules/conversations/app/recipient-time';
import { upload } from '../support/imports';
import { as, anOrganization, type Caller, type TestOrganization } from '../support/people';
import { testApp, type TestApp } from '../support/test-app';

let app: TestApp;
let organization: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp();
  organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
  await owner.patch('/organization', { timezone: 'Europe/Lisbon' }).expect(200);
});
afterAll(() => app.stop());

const service = () => app.nest.get(RecipientTime, { strict: false });
const inOrg = <T>(work: () => Promise<T>) => app.database.runInOrg(systemScope(organization.orgId), work);

async function aContact(phone: string | null, timezone: string | null): Promise<Uuid> {
  const { body } = await owner.post('/contacts', { name: 'Dana', phone, timezone }).expect(201);
  return (body as { id: Uuid }).id;
}
const to = (contactId: Uuid, address: string, more: Partial<TimedMessage> = {}): TimedMessage => ({
  id: newId(),
  contactId,
  address,
  purpose: 'marketing',
  live: false,
  ...more,
});

test('the zone of the contact, else of the number, else of the organization', async () => {
  const tokyo = to(await aContact('+12125550123', 'Asia/Tokyo'), '+12125550123');
  const honolulu = to(await aContact('+18085550123', null), '+18085550123');
  const nowhere = to(await aContact(null, null), 'PT.13491208655302741918');
  const zones = await inOrg(() => service().of([tokyo, honolulu, nowhere]));
  expect(zones).toEqual(
    new Map([
      [tokyo.id, ['Asia/Tokyo']],
      [honolulu.id, ['Pacific/Honolulu']],
      [nowhere.id, ['Europe/Lisbon']],
    ]),
  );
});

test('of a batch those wait where it is night', async () => {
  const [tokyo, newYork] = [await aContact(null, 'Asia/Tokyo'), await aContact(null, 'America/New_York')];
  const now = new Date('2026-06-10T13:30:00Z'); // 22:30 in Tokyo, 09:30 in New York
  const night = to(tokyo, '+12125550124');
  const day = to(newYork, '+12125550124');
  const live = to(tokyo, '+12125550124', { live: true });
  const transactional = to(tokyo, '+12125550124', { purpose: 'transactional' });
  const held = await inOrg(() => service().holdUntil([night, day, live, transactional], now));
  expect(held).toEqual(new Map([[night.id, new Date('2026-06-10T23:00:00Z')]]));
});

test('longer quiet hours of the organization count', async () => {
  const { body } = await owner.patch('/organization', { quietHoursStart: '18:00', quietHoursEnd: '10:30' });
  expect(body).toMatchObject({ quietHoursStart: '18:00' });
  const message = to(await aContact(null, 'UTC'), '+12125550125');
  const held = await inOrg(() => service().holdUntil([message], new Date('2026-06-10T18:00:00Z')));
  expect(held.get(message.id)).toEqual(new Date('2026-06-11T10:30:00Z'));
});

test('a batch of any size takes two statements', async () => {
  const contact = await aContact(null, null);
  const many = Array.from({ length: 500 }, (_, n) => to(contact, `+1212555${String(n).padStart(4, '0')}`));
  const statements = await inOrg(async () => {
    const { tx } = app.database;
    let count = 0;
    const query = tx.query.bind(tx);
    const one = tx.one.bind(tx);
    Object.assign(tx, {
      query: (...args: Parameters<typeof query>) => (count++, query(...args)),
      one: (...args: Parameters<typeof one>) => (count++, one(...args)),
    });
    await service().holdUntil(many, new Date('2026-06-10T03:00:00Z'));
    return count;
  });
  expect(statements).toBeLessThanOrEqual(3);
});

describe('the time zone of a contact', () => {
  test('is written, changed, shown and taken away', async () => {
    const id = await aContact(null, 'Europe/Berlin');
    expect((await owner.get(`/contacts/${id}`)).body).toMatchObject({ timezone: 'Europe/Berlin' });
    expect((await owner.patch(`/contacts/${id}`, { timezone: ' Africa/Casablanca ' })).body).toMatchObject({
      timezone: 'Africa/Casablanca',
    });
    expect((await owner.get('/contacts')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, timezone: 'Africa/Casablanca' })]),
    });
    expect((await owner.patch(`/contacts/${id}`, { timezone: null })).body).toMatchObject({ timezone: null });
  });
  test.each(['Europe/Atlantis', '+02:00', 'Berlin time', '🕗', 7])('%j is none', async (timezone) => {
    const { status, body } = await owner.post('/contacts', { name: 'Dana', timezone });
    expect([status, body]).toMatchObject([
      422,
      { errors: [{ field: 'timezone', code: typeof timezone === 'string' ? 'bad_timezone' : 'wrong_type' }] },
    ]);
  });
  test('comes from a file, and goes into one', async () => {
    const file = 'name,phone,Time zone\nTim,+4915155500011,Asia/Tokyo\nTom,+4915155500012,Mars/Olympus\n';
    const { body: uploaded } = await upload(app, organization.ownerToken, file);
    const { suggestedMapping: mapping } = uploaded.preview;
    expect(mapping).toContainEqual({ column: 3, field: 'timezone' });
    await owner.post(`/contacts/imports/${uploaded.id}/start`, { mapping });
    await app.settled();
    expect((await owner.get(`/contacts/imports/${uploaded.id}`)).body).toMatchObject({
      created: 1,
      failed: 1,
    });
    const { text } = await owner.get('/contacts/export');
    const [headings = '', ...rows] = text.split('\r\n');
    const column = headings
      .replace(/^\uFEFF/, '')
      .split(',')
      .indexOf('timezone');
    expect(rows.find((row) => row.includes('Tim'))?.split(',')[column]).toBe('Asia/Tokyo');
  });
  test('is hidden in the trail', async () => {
    const id = await aContact(null, 'Europe/Berlin');
    const rows = await app.db.query<{ new_values: Record<string, unknown> }>(
      `SELECT new_values FROM audit_logs WHERE table_name = 'contacts' AND record_id = $1`,
      [id],
    );
    expect(rows.map(({ new_values }) => new_values['timezone'])).toEqual(['[hidden]']);
  });
  test('two who become one keep one, and the other goes to the notes', async () => {
    const into = await aContact('+4915155500001', 'Europe/Berlin');
    const from = await aContact('+4915155500002', 'Asia/Tokyo');
    const { body } = await owner.post(`/contacts/${into}/merge`, { from, keep: { timezone: 'from' } });
    expect(body).toMatchObject({
      conflicts: expect.arrayContaining([{ field: 'timezone', kept: 'Asia/Tokyo', other: 'Europe/Berlin' }]),
    });
    const merged = (await owner.get(`/contacts/${into}`)).body as { timezone: string; notes: string };
    expect(merged.timezone).toBe('Asia/Tokyo');
    expect(merged.notes).toContain('Europe/Berlin');
  });
});
