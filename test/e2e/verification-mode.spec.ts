import { newId } from '../../src/common/context';
import { Subscribe, type ListensTo } from '../../src/common/events';
import { Schedule } from '../../src/common/schedule';
import { ObservingBegan, ObservingEnded } from '../../src/modules/channels';
import { aMember, anApiKey, as, etagOf, type Caller } from '../support';
import { anInstallation, type TestInstallation } from '../support/business';
import { mailsTo } from '../support/mails';
import { aCustomerNumber, aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

const news: (ObservingBegan | ObservingEnded)[] = [];
const listener = {
  handle: (event: ObservingBegan | ObservingEnded) => Promise.resolve(void news.push(event)),
};
@Subscribe(ObservingBegan, 'test.hear')
class HearsOfBegin implements ListensTo<ObservingBegan> {
  handle = listener.handle;
}
@Subscribe(ObservingEnded, 'test.hear')
class HearsOfEnd implements ListensTo<ObservingEnded> {
  handle = listener.handle;
}

let place: TestInstallation;
let desk: TestDesk;
let owner: Caller;
let path: string;

beforeAll(async () => {
  place = await anInstallation({ providers: [HearsOfBegin, HearsOfEnd] });
});
afterAll(() => place.stop());
beforeEach(async () => {
  news.length = 0;
  desk = await aDesk(place.app, place.twilio);
  owner = as(place.app, desk.ownerToken);
  path = `/channel-connections/${desk.connection.id}`;
});

const put = (wanted: object, caller = owner, of = path) => caller.put(`${of}/verification`, wanted);
const observe = async (hours = 24) => (await put({ mode: 'observe', hours }).expect(200)).body as Shown;
const forged = (fields = desk.message()) =>
  deliver(signed(fields, { authToken: 'f'.repeat(32), url: desk.connection.webhookUrl }));

interface Shown {
  readonly verificationMode: string;
  readonly observeUntil: string | null;
  readonly version: number;
}

const shown = async () => (await owner.get(path).expect(200)).body as Shown;

/** What the owner was mailed: subject and text. */
async function mails(): Promise<string[]> {
  const [row] = await place.app.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [
    desk.ownerId,
  ]);
  const all = await mailsTo(place.app, row!.email);
  return all.map(({ subject, text }) => `${subject}\n${text}`);
}

const timePasses = () =>
  place.app.db.query(
    `UPDATE channel_connections SET observe_until = now() - interval '1 second' WHERE id = $1`,
    [desk.connection.id],
  );

/** Has the schedule run. */
async function aMinuteEnds(): Promise<void> {
  const slot = new Date(Date.now() + Math.floor(Math.random() * 1e9));
  expect(await place.app.nest.get(Schedule, { strict: false }).fire('channels.end-observing', slot)).toBe(
    true,
  );
  await place.quiet();
}

test('a connection enforces, until it is told to observe for a while; its owners are told', async () => {
  expect(await shown()).toMatchObject({ verificationMode: 'enforce', observeUntil: null });
  expect((await forged()).status).toBe(403);
  const began = Date.now();
  const answer = await observe(24);
  expect(answer).toEqual(await shown());
  expect(answer.verificationMode).toBe('observe');
  const hours = (Date.parse(answer.observeUntil!) - began) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThan(24.1);
  expect((await forged()).status).toBe(200);
  await place.quiet();
  const [mail, ...others] = await mails();
  expect(others).toEqual([]);
  expect(mail).toContain('Signatures are not enforced: Front desk');
  expect(mail).toContain(`until ${answer.observeUntil!.slice(0, 16).replace('T', ' ')} UTC`);
  expect(news).toEqual([
    new ObservingBegan(expect.objectContaining({ connectionId: desk.connection.id }) as never),
  ]);
});

test('it ends by itself, and the owners are told how many were not signed', async () => {
  await observe();
  for (let i = 0; i < 3; i++) await forged();
  await place.quiet();
  await aMinuteEnds();
  expect((await shown()).verificationMode).toBe('observe');
  await timePasses();
  await aMinuteEnds();
  expect(await shown()).toMatchObject({ verificationMode: 'enforce', observeUntil: null });
  expect((await forged()).status).toBe(403);
  expect((await mails()).at(-1)).toMatch(
    /^Signatures are enforced again: Front desk\n[^]*3 deliveries were taken in/,
  );
  expect(news.map(({ payload }) => payload)).toEqual([
    expect.objectContaining({ connectionId: desk.connection.id }),
    expect.objectContaining({ connectionId: desk.connection.id, unverified: 3 }),
  ]);
  await aMinuteEnds();
  expect(news).toHaveLength(2);
});

test('somebody ends it; what was not signed the time before does not count', async () => {
  await observe();
  await forged();
  await put({ mode: 'enforce' }).expect(200);
  expect((await forged()).status).toBe(403);
  await place.quiet();
  expect(news.at(-1)?.payload).toMatchObject({ unverified: 1 });
  await put({ mode: 'enforce' }).expect(200);
  await observe(1);
  await observe(2);
  await put({ mode: 'enforce' }).expect(200);
  await place.quiet();
  expect(news.at(-1)?.payload).toMatchObject({ unverified: 0 });
  expect(news.map(({ constructor }) => constructor.name).sort()).toEqual([
    ...['ObservingBegan', 'ObservingBegan', 'ObservingBegan', 'ObservingEnded', 'ObservingEnded'],
  ]);
  expect((await mails()).at(-1)).toContain('All that came meanwhile was signed');
});

test('the audit trail tells who changed it', async () => {
  await observe();
  await put({ mode: 'enforce' }).expect(200);
  const rows = await place.app.db.query(
    `SELECT actor, old_values->>'verification_mode' AS before, new_values->>'verification_mode' AS after FROM audit_logs
     WHERE org_id = $1 AND record_id = $2 AND new_values ? 'verification_mode' AND operation = 'UPDATE' ORDER BY created_at`,
    [desk.orgId, desk.connection.id],
  );
  expect(rows).toEqual([
    { actor: desk.ownerId, before: 'enforce', after: 'observe' },
    { actor: desk.ownerId, before: 'observe', after: 'enforce' },
  ]);
});

test('of two who change it at once one is told', async () => {
  const { version } = await shown();
  const both = await Promise.all(
    [1, 2].map((hours) => put({ mode: 'observe', hours }).set('if-match', etagOf(desk.orgId, version))),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
});

test.each([
  ...[
    {},
    { mode: 'off' },
    { mode: 'observe' },
    { mode: 'observe', hours: 0 },
    { mode: 'observe', hours: 73 },
  ],
  ...[
    { mode: 'observe', hours: 1.5 },
    { mode: 'observe', hours: null },
    { mode: 'enforce', until: 'never' },
  ],
])('%j is refused', async (wanted) => {
  expect((await put(wanted).expect(422)).body.code).toBe('validation_failed');
  expect((await shown()).verificationMode).toBe('enforce');
});

test('is for who manages connections, of the own organization', async () => {
  const { token } = await aMember(place.app, desk.orgId, 'agent');
  await put({ mode: 'observe', hours: 1 }, as(place.app, token)).expect(403);
  const key = as(place.app, await anApiKey(place.app, desk.orgId, ['connections.manage']));
  await put({ mode: 'observe', hours: 1 }, key).expect(200);
  const other = as(place.app, (await aDesk(place.app, place.twilio)).ownerToken);
  const foreign = await put({ mode: 'observe', hours: 1 }, other).expect(404);
  const absent = await put({ mode: 'observe', hours: 1 }, other, `/channel-connections/${newId()}`).expect(
    404,
  );
  expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
});

test('what was observed and not worked off is not emptied by an erasure: the opt-out in it comes into force', async () => {
  const phone = aCustomerNumber();
  const genuine = (Body: string) =>
    signed(desk.message({ From: `whatsapp:${phone}`, Body }), {
      authToken: desk.connection.number.authToken,
      url: desk.connection.webhookUrl,
    });
  await deliver(genuine('Hello'));
  await place.quiet();
  await observe();
  await place.app.db.query(`
    CREATE FUNCTION break_work() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
    CREATE TRIGGER break_work BEFORE INSERT ON consent_events FOR EACH ROW
      WHEN (NEW.phone = '${phone}' AND NEW.source = 'keyword') EXECUTE FUNCTION break_work();`);
  expect((await forged(desk.message({ From: `whatsapp:${phone}`, Body: 'STOP' }))).status).toBe(200);
  await place.quiet();
  const { body } = await owner.get('/webhook-logs?verified=false').expect(200);
  const [stop] = (body as { items: { id: string; outcome: string; verdict: string }[] }).items;
  expect(stop).toMatchObject({ outcome: 'failed', verdict: 'webhook_signature_invalid' });
  const [contact] = await place.app.db.query<{ id: string }>(
    'SELECT id FROM contacts WHERE org_id = $1 AND phone = $2',
    [desk.orgId, phone],
  );
  await owner.post(`/contacts/${contact!.id}/erase`, { reason: 'requested' }).expect(202);
  await place.quiet();
  await place.app.db.query('DROP TRIGGER break_work ON consent_events; DROP FUNCTION break_work()');
  await owner.post(`/webhook-logs/${stop!.id}/replay`).expect(202);
  await place.quiet();
  const optOuts = await place.app.db.query(
    `SELECT FROM consent_events WHERE org_id = $1 AND phone = $2 AND action = 'opt_out'`,
    [desk.orgId, phone],
  );
  expect(optOuts.length).toBeGreaterThan(0);
});
