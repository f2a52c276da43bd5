import { createHash } from 'node:crypto';
import { newId, type Uuid } from '../../src/common/context';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aMember, anApiKey, as } from '../support/people';

interface Entry {
  readonly id: string;
  readonly phone: string;
  readonly channel: string;
  readonly purpose: string;
  readonly action: string;
  readonly source: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly evidence: Record<string, unknown>;
  readonly digest: string;
}

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());

const EVIDENCE = {
  wording: 'I would like offers.',
  method: 'web form',
  formId: 'f1',
  details: { page: '3' },
};
const number = () => aCustomer(place, business).phone;
const marketing = (phone: string, more: object = {}) => ({
  ...{ phone, channel: 'whatsapp', purpose: 'marketing', action: 'opt_in', evidence: EVIDENCE },
  ...more,
});
const optOut = (phone: string, more: object = {}) => ({
  ...{ phone, channel: 'whatsapp', purpose: 'transactional', action: 'opt_out' },
  ...more,
});
const record = async (statement: object, status = 201): Promise<Record<string, unknown>> =>
  (await business.owner.post('/consent', statement).expect(status)).body as Record<string, unknown>;
const stateOf = async (phone: string): Promise<Record<string, boolean>> => {
  const { body } = await business.owner.get(`/consent?phone=${encodeURIComponent(phone)}`).expect(200);
  return Object.fromEntries(
    (body as { channel: string; purpose: string; optedIn: boolean }[]).map(
      ({ channel, purpose, optedIn }) => [`${channel} ${purpose}`, optedIn],
    ),
  );
};

describe('recording', () => {
  test('answers with what was recorded, also where somebody whose request began later was first', async () => {
    const phone = number();
    await place.app.db.query(
      `INSERT INTO consent_events (org_id, id, phone, channel, purpose, action, source, evidence, at, created_at)
       VALUES ($1, $2, $3, 'whatsapp', 'marketing', 'opt_in', 'api', '{"wording": "of another"}', now() - interval '1 day',
         now() + interval '1 minute')`,
      [business.orgId, newId(), phone],
    );
    expect(await record(marketing(phone))).toMatchObject({ source: 'console', evidence: EVIDENCE });
  });

  test('an opt-in opens its line alone, and says who took it down', async () => {
    const phone = number();
    expect(await record(marketing(phone))).toMatchObject({
      ...{ phone, channel: 'whatsapp', purpose: 'marketing', action: 'opt_in', source: 'console' },
      evidence: { ...EVIDENCE, recordedBy: { type: 'user', id: business.ownerId } },
    });
    expect(await stateOf(phone)).toEqual({
      'whatsapp transactional': false,
      'whatsapp marketing': true,
      'sms transactional': false,
      'sms marketing': false,
      'voice transactional': false,
      'voice marketing': false,
    });
  });

  test('an opt-out of everything is one of marketing; one of marketing is not one of everything', async () => {
    const { customer } = await aConversation(place, business);
    const { phone } = customer;
    await record(marketing(phone));
    await record(optOut(phone, { purpose: 'marketing' }));
    expect(await stateOf(phone)).toMatchObject({
      'whatsapp transactional': true,
      'whatsapp marketing': false,
    });
    await record(marketing(phone));
    await record(optOut(phone));
    expect(await stateOf(phone)).toMatchObject({
      'whatsapp transactional': false,
      'whatsapp marketing': false,
    });
  });

  test('an opt-in without wording, without way, or from the future is refused', async () => {
    const phone = number();
    const wrong = async (statement: object) =>
      ((await record(statement, 422))['errors'] as { field: string }[]).map(({ field }) => field);
    expect(await wrong(marketing(phone, { evidence: {} }))).toEqual(['evidence.wording', 'evidence.method']);
    expect(await wrong(marketing(phone, { evidence: { ...EVIDENCE, wording: ' ' } }))).toEqual([
      'evidence.wording',
    ]);
    expect(await wrong(marketing(phone, { at: new Date(Date.now() + 60_000) }))).toEqual(['at']);
    expect(await wrong(marketing('nonsense'))).toEqual(['phone']);
    expect(await wrong(marketing(phone, { evidence: { ...EVIDENCE, details: { page: 3 } } }))).toEqual([
      'evidence.details',
    ]);
    expect(await wrong({ ...marketing(phone), contactId: business.orgId })).toEqual(['phone']);
    expect(await stateOf(phone)).toMatchObject({ 'whatsapp marketing': false });
  });

  test('after a STOP only newer consent opens again', async () => {
    const { customer } = await aConversation(place, business);
    const { phone } = customer;
    const before = new Date();
    await customer.writes('STOP');
    await place.quiet();
    const again = { ...marketing(phone), purpose: 'transactional' };
    expect(await record({ ...again, at: before }, 422)).toMatchObject({ code: 'consent_not_opened' });
    expect(await stateOf(phone)).toMatchObject({ 'whatsapp transactional': false });
    await record(again);
    expect(await stateOf(phone)).toMatchObject({
      'whatsapp transactional': true,
      'whatsapp marketing': false,
    });
  });

  test('is done once for a key, and by whoever may', async () => {
    const phone = number();
    const key = { 'Idempotency-Key': 'once' };
    const first = await business.owner.post('/consent', marketing(phone)).set(key).expect(201);
    const second = await business.owner.post('/consent', marketing(phone)).set(key).expect(201);
    expect(second.body).toEqual(first.body);
    const rows = await place.app.db.query('SELECT id FROM consent_events WHERE phone = $1', [phone]);
    expect(rows).toHaveLength(1);

    const viewer = await aMember(place.app, business.orgId, 'viewer');
    await as(place.app, viewer.token).post('/consent', marketing(phone)).expect(403);
    const apiKey = await anApiKey(place.app, business.orgId, ['consent.record']);
    const { body } = await as(place.app, apiKey).post('/consent', marketing(phone)).expect(201);
    expect(body).toMatchObject({ source: 'api', evidence: { recordedBy: { type: 'api_key' } } });
  });

  test('takes a contact for the number that they have', async () => {
    const phone = number();
    const { body } = await business.owner.post('/contacts', { name: 'Dana', phone }).expect(201);
    const { id } = body as { id: Uuid };
    const { phone: _, ...statement } = marketing(phone);
    expect(await record({ ...statement, contactId: id })).toMatchObject({ phone });
    const state = await business.owner.get(`/consent?contactId=${id}`).expect(200);
    expect(state.body).toHaveLength(6);
    const nobody = await business.owner.post('/contacts', { name: 'Nobody' }).expect(201);
    await record({ ...statement, contactId: (nobody.body as { id: Uuid }).id }, 422);
    await business.owner.get(`/consent?contactId=${business.orgId}`).expect(404);
    await business.owner.get('/consent').expect(422);
  });
});

test('the ledger is listed by page and filter', async () => {
  const phone = number();
  for (let i = 0; i < 5; i++) await record(marketing(phone));
  await record(optOut(phone));
  const page = async (query: string) =>
    (await business.owner.get(`/consent/events?phone=${encodeURIComponent(phone)}&${query}`).expect(200))
      .body as { items: Entry[]; nextCursor: string | null };
  const all = await page('');
  expect(all.items).toHaveLength(7);
  const walked: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const next = await page(`limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    walked.push(...next.items.map(({ id }) => id));
    cursor = next.nextCursor;
  }
  expect(walked).toEqual(all.items.map(({ id }) => id));
  expect((await page('action=opt_out')).items).toHaveLength(2);
  expect((await page('action=opt_out&purpose=transactional')).items).toHaveLength(1);
  expect((await page('channel=sms')).items).toEqual([]);
  expect((await page('source=console')).items).toHaveLength(7);
  expect((await page(`from=${all.items[0]!.at}`)).items).toHaveLength(2);
  expect((await page(`to=${all.items[0]!.at}`)).items).toHaveLength(5);
});

describe('a proof', () => {
  const proof = async (phone: string, at?: string) =>
    (
      await business.owner
        .get(
          `/consent/proof?phone=${encodeURIComponent(phone)}&channel=whatsapp&purpose=marketing${at ? `&at=${at}` : ''}`,
        )
        .expect(200)
    ).body as Record<string, unknown> & { entries: Entry[] };

  test('says what was so at an instant, and what was known', async () => {
    const phone = number();
    const at = (day: number) => `2026-01-0${day}T10:00:00.000Z`;
    await record(marketing(phone, { at: at(2) }));
    await record(optOut(phone, { at: at(4) }));
    expect(await proof(phone, at(1))).toMatchObject({
      optedIn: false,
      decidedBy: null,
      entries: [],
      digest: '',
    });
    expect(await proof(phone, at(3))).toMatchObject({
      optedIn: true,
      // Nothing was written down then.
      optedInAsKnown: false,
      decidedBy: { action: 'opt_in', evidence: EVIDENCE },
    });
    expect(await proof(phone, at(5))).toMatchObject({ optedIn: false, decidedBy: { action: 'opt_out' } });
    expect(await proof(phone)).toMatchObject({ optedIn: false, optedInAsKnown: false });
  });

  test('has a chain that anyone can do again', async () => {
    const phone = number();
    for (let i = 0; i < 3; i++) await record(marketing(phone));
    const { entries, digest } = await proof(phone);
    const sorted = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, inner]) => [name, sorted(inner)]),
          )
        : value;
    let sum = '';
    for (const entry of entries) {
      const { id, channel, purpose, action, source, at, recordedAt, evidence } = entry;
      const text = JSON.stringify([
        ...[id, phone, channel, purpose, action, source, at, recordedAt],
        sorted(evidence),
      ]);
      sum = createHash('sha256')
        .update(sum + text)
        .digest('hex');
      expect(entry.digest).toBe(sum);
    }
    expect(entries).toHaveLength(3);
    expect(digest).toBe(sum);
  });
});
