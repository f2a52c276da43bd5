import { newId, type Uuid } from '../../src/common/context';
import { BulkTiming } from '../../src/modules/conversations/app/bulk-timing';
import { RunBulkSend } from '../../src/modules/conversations/app/run-bulk-send.job';
import { aMember, anApiKey, as, etagOf } from '../support';
import { anApprovedTemplate, somePeople, type TestPerson } from '../support/bulk-sends';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { until } from '../support/until';

interface Figures extends Record<string, unknown> {
  skipped: Record<string, number>;
}
interface BulkSend {
  id: Uuid;
  status: string;
  problem: string | null;
  total: number | null;
  version: number;
  figures: Figures;
}
interface Preview {
  total: number;
  sendable: number;
  skipped: Record<string, number>;
  sample: { contactId: string; text: string }[];
  estimatedSeconds: number;
  canStart: boolean;
}

let place: TestInstallation;
let business: TestBusiness;
let templateId: Uuid;

beforeAll(async () => {
  place = await anInstallation();
  Object.assign(place.app.nest.get(BulkTiming, { strict: false }), {
    feedAgainMs: 20,
    tailMs: 20,
    heldMs: 20,
  });
});
afterAll(() => place.stop());
beforeEach(async () => {
  business = await aBusiness(place);
  templateId = await anApprovedTemplate({ db: place.app.db, twilio: place.twilio }, business);
});

const VARIABLES = [
  { name: '1', field: 'firstName', fallback: 'customer' },
  { name: '2', text: 'Friday' },
];

const wish = (change: object = {}) => ({
  segment: { tag: ['all'] },
  connectionId: business.connection.id,
  templateId,
  variables: VARIABLES,
  ...change,
});

const people = (wanted: readonly TestPerson[] | number) =>
  somePeople(
    place.app.db,
    business.orgId,
    typeof wanted === 'number' ? Array<TestPerson>(wanted).fill({}) : wanted,
  );

async function preview(change: object = {}): Promise<Preview> {
  return (await business.owner.post('/bulk-sends/preview', wish(change)).expect(200)).body as Preview;
}

async function draft(change: object = {}): Promise<BulkSend> {
  return (await business.owner.post('/bulk-sends', wish({ name: 'News', ...change })).expect(201))
    .body as BulkSend;
}

async function act(id: Uuid, action: string, expected = 200, body: object = {}): Promise<BulkSend> {
  return (await business.owner.post(`/bulk-sends/${id}/${action}`, body).expect(expected)).body as BulkSend;
}

async function read(id: Uuid): Promise<BulkSend> {
  return (await business.owner.get(`/bulk-sends/${id}`).expect(200)).body as BulkSend;
}

async function started(change: object = {}): Promise<Uuid> {
  const { id } = await draft(change);
  await act(id, 'start', 202);
  return id;
}

/** Waits for its end, and returns it as it is then. */
async function ended(id: Uuid): Promise<BulkSend> {
  await until(async () => ['completed', 'cancelled', 'failed'].includes((await read(id)).status));
  await place.quiet();
  return read(id);
}

/** The texts that arrived at a phone. */
const got = (phone: string | null): string[] =>
  place.twilio
    .messages({ to: `whatsapp:${phone ?? ''}`, from: `whatsapp:${business.connection.number.address}` })
    .map(({ body }) => body);
const all = () => place.twilio.messages({ from: `whatsapp:${business.connection.number.address}` });

const sumOf = ({ figures }: BulkSend): number => {
  const { skipped, ...others } = figures;
  const counts = [...Object.values(skipped), ...(Object.values(others) as number[])];
  return counts.reduce((sum, count) => sum + count, 0);
};

describe('who is meant', () => {
  /** Somebody for each reason, and three who get it. */
  async function everybody() {
    const made = await people([
      { name: 'Ada Example' },
      { name: null },
      { name: 'Ben' },
      { phone: null },
      { status: 'invalid' },
      { status: 'suspended' },
      { consent: 'out' },
      { consent: 'none' },
      { tags: ['other'] },
    ]);
    // Somebody wrote, got another number, and theirs is another contact's by now: their thread leads to somebody else.
    const conversation = await aConversation(place, business);
    const { db } = place.app;
    await db.query(`UPDATE contacts SET phone = '+4915299999999', tags = '{all}' WHERE phone = $1`, [
      conversation.customer.phone,
    ]);
    await db.query(
      `INSERT INTO contacts (org_id, id, name, phone, tags) VALUES ($1, $2, 'Cleo', $3, '{all}')`,
      [business.orgId, newId(), conversation.customer.phone],
    );
    return { made, shared: conversation.customer.phone };
  }
  const SKIPPED = {
    no_address: 1,
    invalid_number: 1,
    suspended: 1,
    opted_out: 1,
    no_consent: 1,
    duplicate_address: 1,
  };

  it('is counted by the preview, and is who then gets it', async () => {
    const { made, shared } = await everybody();
    const seen = await preview();
    expect(seen).toMatchObject({
      total: 10,
      sendable: 4,
      skipped: SKIPPED,
      canStart: true,
      estimatedSeconds: 1,
    });
    expect(seen.sample.map(({ text }) => text).sort()).toEqual([
      'Dear Ada, we are closed on Friday.',
      'Dear Ben, we are closed on Friday.',
      'Dear Cleo, we are closed on Friday.',
      'Dear customer, we are closed on Friday.',
    ]);
    const id = await started();
    const done = await ended(id);
    expect(done).toMatchObject({ status: 'completed', total: 10, problem: null });
    expect(done.figures).toMatchObject({ ahead: 0, delivered: 4, skipped: SKIPPED, failed: 0, queued: 0 });
    expect(sumOf(done)).toBe(10);
    expect(all()).toHaveLength(4);
    expect(got(made[0]!.phone)).toHaveLength(1);
    expect(got(shared)).toHaveLength(1);
    const { body } = await business.owner.get(`/bulk-sends/${id}/recipients?limit=200`).expect(200);
    const { items } = body as {
      items: { contactId: string; outcome: string; skippedBecause: string | null }[];
    };
    expect(items).toHaveLength(10);
    expect(items.find(({ contactId }) => contactId === made[6]!.id)).toMatchObject({
      outcome: 'skipped',
      skippedBecause: 'opted_out',
    });
  });

  it('leaves out whose variable is empty, or too long', async () => {
    await people([
      { name: 'Ada' },
      { name: null },
      { name: `${'x'.repeat(41)} y` },
      { name: 'Ben', email: 'ben@example.test' },
    ]);
    const variables = [{ name: '1', field: 'firstName' }, VARIABLES[1]];
    const counts = { missing_variable: 1, unusable_variable: 1 };
    expect(await preview({ variables })).toMatchObject({ total: 4, sendable: 2, skipped: counts });
    const done = await ended(await started({ variables }));
    expect(done.figures).toMatchObject({ delivered: 2, skipped: counts });
  });

  it('takes fields of the organization', async () => {
    await business.owner
      .post('/contact-fields', { key: 'company', label: 'Company', type: 'text' })
      .expect(201);
    const [person] = await people(2);
    await place.app.db.query(`UPDATE contacts SET custom_fields = '{"company": "Weber"}' WHERE id = $1`, [
      person!.id,
    ]);
    const variables = [{ name: '1', field: 'customField:company' }, VARIABLES[1]];
    const segment = { customField: ['company:weber'] };
    expect(await preview({ variables })).toMatchObject({
      total: 2,
      sendable: 1,
      skipped: { missing_variable: 1 },
    });
    expect(await preview({ variables, segment })).toMatchObject({
      total: 1,
      sample: [{ text: 'Dear Weber, we are closed on Friday.' }],
    });
  });

  it('by a template of our own it is who wrote within a day', async () => {
    await people(3);
    const { customer } = await aConversation(place, business);
    const own = newId();
    await place.app.db.query(
      `INSERT INTO message_templates (org_id, id, kind, name, language, consent_purpose, body, variables)
       VALUES ($1, $2, 'text', 'own', 'en', 'transactional', 'We are closed on {{day}}.', '[{"name": "day", "type": "text", "example": "x", "maxLength": 40}]')`,
      [business.orgId, own],
    );
    const change = { templateId: own, segment: {}, variables: [{ name: 'day', text: 'Friday' }] };
    expect(await preview(change)).toMatchObject({ total: 4, sendable: 1, skipped: { outside_window: 3 } });
    const done = await ended(await started(change));
    expect(done.figures).toMatchObject({ delivered: 1, skipped: { outside_window: 3 } });
    expect(got(customer.phone)).toEqual(['We are closed on Friday.']);
  });

  it('does not mean contacts who are added after it began, and means those who change', async () => {
    await people(3);
    const { id } = await draft({ perMinute: 1 });
    await act(id, 'start', 202);
    await until(async () => (await read(id)).total === 3);
    await people(2);
    await place.app.db.query('UPDATE bulk_sends SET per_minute = NULL, fed_until = NULL WHERE id = $1', [id]);
    await place.app.db.query(
      `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE '%bulk-send:%'`,
    );
    const done = await ended(id);
    expect(done).toMatchObject({ total: 3, status: 'completed' });
    expect(all()).toHaveLength(3);
  });
});

describe('consent', () => {
  it('that is withdrawn after the preview counts', async () => {
    const [ada, ben] = await people(2);
    expect(await preview()).toMatchObject({ sendable: 2 });
    const { id } = await draft();
    await place.twilio.receive({
      from: `whatsapp:${ben!.phone ?? ''}`,
      to: `whatsapp:${business.connection.number.address}`,
      body: 'STOP',
    });
    await place.quiet();
    const before = got(ben!.phone).length;
    await act(id, 'start', 202);
    const done = await ended(id);
    expect(done.figures).toMatchObject({ delivered: 1, skipped: { opted_out: 1 } });
    expect([got(ada!.phone).length, got(ben!.phone).length]).toEqual([1, before]);
  });

  it('that is withdrawn while the message waits counts, too', async () => {
    const [ada, ben] = await people(2);
    const id = await pausedWithAllQueued();
    await place.twilio.receive({
      from: `whatsapp:${ben!.phone ?? ''}`,
      to: `whatsapp:${business.connection.number.address}`,
      body: 'STOP',
    });
    await place.quiet();
    const before = got(ben!.phone).length;
    await act(id, 'resume');
    const done = await ended(id);
    expect(done.figures).toMatchObject({ delivered: 1, failed: 1 });
    expect([got(ada!.phone).length, got(ben!.phone).length]).toEqual([1, before]);
    const { body } = await business.owner.get(`/bulk-sends/${id}/recipients?outcome=failed`).expect(200);
    expect(body).toMatchObject({ items: [{ contactId: ben!.id, errorCode: 'opted_out' }] });
  });
});

const RUN = { id: '0', attempt: 1, maxAttempts: 12 };

/** Starts one whose connection hands nothing over, and pauses it when all is queued. */
async function pausedWithAllQueued(): Promise<Uuid> {
  await blocked(true);
  const id = await started();
  await until(async () => (await read(id)).figures['ahead'] === 0 && (await read(id)).total !== null);
  await act(id, 'pause');
  await blocked(false);
  return id;
}

/** The provider wants nothing for the next hour; or wants all again. */
async function blocked(isBlocked: boolean): Promise<void> {
  await place.app.db.query(
    `INSERT INTO connection_paces (org_id, connection_id, available, counted_at, blocked_until)
     VALUES ($1, $2, 80, now(), now() + CASE WHEN $3 THEN interval '1 hour' ELSE interval '-1 s' END)
     ON CONFLICT (org_id, connection_id) DO UPDATE SET blocked_until = EXCLUDED.blocked_until`,
    [business.orgId, business.connection.id, isBlocked],
  );
}

describe('nobody gets it twice', () => {
  it('when the run is worked off by several at once', async () => {
    await people(200);
    const { id } = await draft();
    await act(id, 'start', 202);
    const payload = { orgId: business.orgId, requestId: newId(), bulkSendId: id };
    const runner = place.app.nest.get(RunBulkSend, { strict: false });
    await Promise.all(Array.from({ length: 4 }, () => runner.handle(payload, RUN)));
    const done = await ended(id);
    expect(done.figures).toMatchObject({ delivered: 200 });
    expect(all()).toHaveLength(200);
    expect(new Set(all().map(({ to }) => to)).size).toBe(200);
  });

  it('and no more than so many wait at once', async () => {
    await people(1_300);
    await blocked(true);
    const { id } = await draft();
    await act(id, 'start', 202, { sendAt: new Date(Date.now() + 3_600_000) });
    await place.app.db.query('UPDATE bulk_sends SET send_at = now() WHERE id = $1', [id]);
    const payload = { orgId: business.orgId, requestId: newId(), bulkSendId: id };
    const runner = place.app.nest.get(RunBulkSend, { strict: false });
    await Promise.all(Array.from({ length: 3 }, () => runner.handle(payload, RUN)));
    const [counts] = await place.app.db.query<{ messages: number; threads: number }>(
      `SELECT count(*)::int AS messages, count(DISTINCT conversation_id)::int AS threads FROM messages WHERE cause_id = $1`,
      [id],
    );
    expect(counts).toEqual({ messages: 1_000, threads: 1_000 });
    const { figures } = await act(id, 'cancel');
    expect(figures).toMatchObject({ canceled: 1_000, ahead: 300, queued: 0 });
  });

  it('when contacts become one in the middle', async () => {
    const [ada, ben] = await people(2);
    const id = await pausedWithAllQueued();
    await business.owner.post(`/contacts/${ada!.id}/merge`, { from: ben!.id }).expect(200);
    await act(id, 'resume');
    await ended(id);
    const { body } = await business.owner.get(`/bulk-sends/${id}/recipients`).expect(200);
    expect(body).toMatchObject({ items: [{ contactId: ada!.id }] });
  });
});

/** Has the run, and what waits, looked at now and not when it was planned. */
async function nudged(id: Uuid): Promise<Uuid> {
  await place.app.db.query(`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE run_at > now()`);
  return id;
}

describe('pause, resume, cancel', () => {
  it('a pause takes back what is queued, and resuming sends it', async () => {
    await people(30);
    const id = await pausedWithAllQueued();
    const paused = await read(id);
    expect(paused).toMatchObject({ status: 'paused', problem: null });
    expect(paused.figures).toMatchObject({ held: 30, queued: 0 });
    await nudged(id);
    await place.quiet();
    expect(all()).toEqual([]);
    await act(id, 'resume');
    const done = await ended(id);
    expect(done.figures).toMatchObject({ delivered: 30, held: 0 });
    expect(all()).toHaveLength(30);
  });

  it('cancelling ends what waits, held or queued', async () => {
    await people(5);
    await blocked(true);
    const queued = await started();
    await until(async () => (await read(queued)).figures['queued'] === 5);
    await act(queued, 'cancel');
    const held = await pausedWithAllQueued();
    await act(held, 'cancel');
    await place.quiet();
    for (const id of [queued, held]) {
      const cancelled = await read(id);
      expect(cancelled).toMatchObject({ status: 'cancelled' });
      expect(cancelled.figures).toMatchObject({ canceled: 5, queued: 0, held: 0 });
    }
    expect(all()).toEqual([]);
  });

  it('one that is paused before its end goes on where it stopped', async () => {
    await people(20);
    const id = await started({ perMinute: 30 });
    await until(async () => Number((await read(id)).figures['delivered']) > 0);
    await act(id, 'pause');
    await place.quiet();
    const paused = await read(id);
    expect(paused.figures['ahead']).toBe(15);
    await place.app.db.query('UPDATE bulk_sends SET per_minute = NULL, fed_until = NULL WHERE id = $1', [id]);
    await act(id, 'resume');
    const done = await ended(id);
    expect(done.figures).toMatchObject({ delivered: 20, ahead: 0 });
    expect(new Set(all().map(({ to }) => to)).size).toBe(20);
    expect(all()).toHaveLength(20);
  });

  it.each([
    ['start', 'bulk_send_not_startable'],
    ['resume', 'bulk_send_not_resumable'],
    ['pause', 'bulk_send_not_pausable'],
    ['cancel', 'bulk_send_not_cancellable'],
  ])('%s is refused after the end', async (action, code) => {
    const id = await started();
    await ended(id);
    const { body } = await business.owner.post(`/bulk-sends/${id}/${action}`, {}).expect(409);
    expect(body).toMatchObject({ code });
  });

  it('a draft is neither paused, resumed nor cancelled, and what was started neither changed nor deleted', async () => {
    const { id } = await draft();
    for (const action of ['pause', 'resume', 'cancel']) await act(id, action, 409);
    await act(id, 'start', 202);
    await business.owner.patch(`/bulk-sends/${id}`, { name: 'Other' }).expect(409);
    await business.owner.delete(`/bulk-sends/${id}`).expect(409);
    await ended(id);
  });

  it('start and cancel at once: either it is cancelled and nothing more goes out, or the cancel came too early', async () => {
    await people(3);
    for (let round = 0; round < 5; round++) {
      const { id } = await draft();
      const before = all().length;
      const [start, cancel] = await Promise.all([
        business.owner.post(`/bulk-sends/${id}/start`, {}),
        business.owner.post(`/bulk-sends/${id}/cancel`, {}),
      ]);
      expect(start.status).toBe(202);
      expect([200, 409]).toContain(cancel.status);
      const done = await ended(id);
      expect(done.status).toBe(cancel.status === 200 ? 'cancelled' : 'completed');
      if (cancel.status === 409) expect(all()).toHaveLength(before + 3);
      const { queued, held, sending } = done.figures;
      expect({ queued, held, sending }).toEqual({ queued: 0, held: 0, sending: 0 });
    }
  });

  it('pause and resume at once leave nothing behind', async () => {
    await people(10);
    await blocked(true);
    const id = await started();
    await until(async () => (await read(id)).figures['queued'] === 10);
    await Promise.all([
      business.owner.post(`/bulk-sends/${id}/pause`, {}),
      business.owner.post(`/bulk-sends/${id}/resume`, {}),
    ]);
    const { status, figures } = await read(id);
    expect(figures[status === 'paused' ? 'held' : 'queued']).toBe(10);
    await blocked(false);
    if (status === 'paused') await act(id, 'resume');
    const done = await ended(await nudged(id));
    expect(done.figures).toMatchObject({ delivered: 10 });
  });

  it('starts later, or never', async () => {
    await people(1);
    const { id } = await draft();
    const refused = await business.owner
      .post(`/bulk-sends/${id}/start`, { sendAt: new Date(Date.now() - 1_000) })
      .expect(422);
    expect(refused.body).toMatchObject({
      code: 'bad_send_time',
      errors: [{ field: 'sendAt', code: 'in_the_past' }],
    });
    const sendAt = new Date(Date.now() + 3_600_000);
    expect(await act(id, 'start', 202, { sendAt })).toMatchObject({ status: 'scheduled' });
    // Looked at too early, nothing happens.
    await nudged(id);
    await place.quiet();
    expect(await read(id)).toMatchObject({ status: 'scheduled', total: null });
    await act(id, 'pause');
    expect(await act(id, 'resume')).toMatchObject({ status: 'scheduled' });
    await place.app.db.query('UPDATE bulk_sends SET send_at = now() WHERE id = $1', [id]);
    expect(await ended(await nudged(id))).toMatchObject({ status: 'completed', total: 1 });
    const other = await draft();
    await act(other.id, 'start', 202, { sendAt });
    await act(other.id, 'cancel');
    await place.app.db.query('UPDATE bulk_sends SET send_at = now() WHERE id = $1', [other.id]);
    await nudged(other.id);
    await place.quiet();
    expect(all()).toHaveLength(1);
  });
});

describe('what stops it', () => {
  it('a connection that is switched off pauses it, and it can go on', async () => {
    await people(3);
    const { id } = await draft();
    const path = `/channel-connections/${business.connection.id}`;
    await business.owner.patch(path, { isActive: false }).expect(200);
    const refused = await business.owner.post(`/bulk-sends/${id}/start`, {}).expect(409);
    expect(refused.body).toMatchObject({ code: 'connection_not_usable' });
    expect(await preview()).toMatchObject({ canStart: false });
    await business.owner.patch(path, { isActive: true }).expect(200);
    await act(id, 'start', 202, { sendAt: new Date(Date.now() + 3_600_000) });
    await business.owner.patch(path, { isActive: false }).expect(200);
    await place.app.db.query('UPDATE bulk_sends SET send_at = now() WHERE id = $1', [id]);
    await nudged(id);
    await until(async () => (await read(id)).status === 'paused');
    expect(await read(id)).toMatchObject({ problem: 'connection_inactive' });
    await business.owner.patch(path, { isActive: true }).expect(200);
    expect(await act(id, 'resume')).toMatchObject({ problem: null });
    expect((await ended(id)).figures).toMatchObject({ delivered: 3 });
  });

  it('a template that is not approved is not started', async () => {
    templateId = await anApprovedTemplate({ db: place.app.db, twilio: place.twilio }, business, {
      approval: 'pending',
    });
    expect(await preview()).toMatchObject({ canStart: false });
    const { id } = await draft();
    const { body } = await business.owner.post(`/bulk-sends/${id}/start`, {}).expect(409);
    expect(body).toMatchObject({ code: 'template_not_usable' });
  });

  it('a connection that is removed ends it', async () => {
    await people(3);
    await blocked(true);
    const id = await started();
    await until(async () => (await read(id)).figures['queued'] === 3);
    await business.owner.delete(`/channel-connections/${business.connection.id}`).expect(204);
    const done = await ended(await nudged(id));
    expect(done).toMatchObject({ status: 'failed', problem: 'connection_gone', connectionId: null });
    expect(done.figures).toMatchObject({ queued: 0, sending: 0, delivered: 0 });
  });
});

describe('drafts', () => {
  it('are changed in part, by version, and deleted', async () => {
    const made = await draft({ perMinute: 60 });
    expect(made).toMatchObject({ status: 'draft', perMinute: 60, total: null, version: 1 });
    const path = `/bulk-sends/${made.id}`;
    const { body } = await business.owner
      .patch(path, { name: 'Other', segment: { leadStatus: 'new' }, perMinute: null })
      .set('if-match', etagOf(business.orgId, 1))
      .expect(200);
    expect(body).toMatchObject({
      name: 'Other',
      segment: { leadStatus: 'new' },
      perMinute: null,
      variables: VARIABLES,
      version: 2,
    });
    await business.owner.patch(path, { name: 'X' }).set('if-match', etagOf(business.orgId, 1)).expect(412);
    await business.owner.delete(path).set('if-match', etagOf(business.orgId, 1)).expect(412);
    await business.owner.delete(path).set('if-match', etagOf(business.orgId, 2)).expect(204);
    await business.owner.get(path).expect(404);
  });

  it.each<[string, object, string]>([
    ['no name', { name: ' ' }, 'name'],
    ['a status that is none', { segment: { leadStatus: 'x' } }, 'segment.leadStatus'],
    ['similarity', { segment: { similar: 'x' } }, 'segment.similar'],
    ['a field that is none', { segment: { customField: ['x'] } }, 'segment.customField'],
    ['no segment', { segment: undefined }, 'segment'],
    ['a pace of nothing', { perMinute: 0 }, 'perMinute'],
    ['an id that is none', { templateId: 'x' }, 'templateId'],
    ['a variable without anything', { variables: [{ name: '1' }, VARIABLES[1]] }, 'variables.0.text'],
    [
      'a field that contacts do not have',
      { variables: [{ name: '1', field: 'shoe' }, VARIABLES[1]] },
      'variables.0.field',
    ],
    [
      'a field of the organization that is not there',
      { variables: [{ name: '1', field: 'customField:shoe' }, VARIABLES[1]] },
      'variables.0.field',
    ],
    ['a variable too few', { variables: [VARIABLES[0]] }, 'variables'],
    ['a variable too many', { variables: [...VARIABLES, { name: '3', text: 'x' }] }, 'variables.2.name'],
    ['a variable twice', { variables: [...VARIABLES, VARIABLES[0]] }, 'variables.2.name'],
    [
      'a text that is too long',
      { variables: [{ name: '1', text: 'x'.repeat(41) }, VARIABLES[1]] },
      'variables.0.text',
    ],
  ])('with %s is refused by field', async (_what, change, field) => {
    const { body } = await business.owner.post('/bulk-sends', wish({ name: 'News', ...change })).expect(422);
    expect((body as { errors: { field: string }[] }).errors.map((error) => error.field)).toContain(field);
  });

  it('name what is there', async () => {
    const cases = [
      [{ connectionId: newId() }, 'connection_not_found'],
      [{ templateId: newId() }, 'template_not_found'],
    ] as const;
    for (const [change, code] of cases)
      for (const path of ['/bulk-sends', '/bulk-sends/preview']) {
        const { body } = await business.owner
          .post(path, wish({ ...(path.endsWith('s') ? { name: 'News' } : {}), ...change }))
          .expect(404);
        expect(body).toMatchObject({ code });
      }
  });

  it('are made once for an Idempotency-Key, and started once', async () => {
    await people(2);
    const [key, again] = [newId(), newId()];
    const make = () =>
      business.owner
        .post('/bulk-sends', wish({ name: 'News' }))
        .set('idempotency-key', key)
        .expect(201);
    const [first, second] = [await make(), await make()];
    const { id } = first.body as BulkSend;
    expect((second.body as BulkSend).id).toBe(id);
    const start = () =>
      business.owner.post(`/bulk-sends/${id}/start`, {}).set('idempotency-key', again).expect(202);
    await start();
    await start();
    await ended(id);
    expect(all()).toHaveLength(2);
  });
});

describe('lists', () => {
  it('of bulk sends and of recipients come in pages, filtered', async () => {
    await people([{}, {}, { consent: 'out' }]);
    const ids = [(await draft()).id, await started(), (await draft()).id];
    await ended(ids[1]!);
    const list = async (path: string) =>
      (await business.owner.get(path).expect(200)).body as {
        items: { id: string; outcome?: string }[];
        nextCursor: string | null;
      };
    const first = await list('/bulk-sends?limit=2');
    const second = await list(`/bulk-sends?limit=2&cursor=${String(first.nextCursor)}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([...ids].reverse());
    expect((await list('/bulk-sends?status=completed')).items.map(({ id }) => id)).toEqual([ids[1]]);
    const path = `/bulk-sends/${ids[1]!}/recipients`;
    const one = await list(`${path}?limit=2`);
    const rest = await list(`${path}?limit=2&cursor=${String(one.nextCursor)}`);
    expect([...one.items, ...rest.items].map(({ outcome }) => outcome).sort()).toEqual([
      'delivered',
      'delivered',
      'skipped',
    ]);
    expect((await list(`${path}?outcome=skipped`)).items).toHaveLength(1);
    await business.owner
      .get(`/bulk-sends/${ids[0]!}/recipients?cursor=${String(one.nextCursor)}`)
      .expect(400);
    await business.owner.get(`${path}?outcome=lost`).expect(422);
    await business.owner.get('/bulk-sends?status=x').expect(422);
  });

  it('are of the organization, and for who may', async () => {
    const { id } = await draft();
    const { app } = place;
    const stranger = (await aBusiness(place)).owner;
    await stranger.get(`/bulk-sends/${id}`).expect(404);
    await stranger.get(`/bulk-sends/${id}/recipients`).expect(404);
    for (const action of ['start', 'pause', 'resume', 'cancel'])
      await stranger.post(`/bulk-sends/${id}/${action}`, {}).expect(404);
    await stranger.patch(`/bulk-sends/${id}`, { name: 'X' }).expect(404);
    await stranger.delete(`/bulk-sends/${id}`).expect(404);
    await stranger.post('/bulk-sends', wish({ name: 'News' })).expect(404);
    const agent = as(app, (await aMember(app, business.orgId, 'agent')).token);
    await agent.get(`/bulk-sends/${id}`).expect(200);
    await agent.post(`/bulk-sends/${id}/start`, {}).expect(403);
    await agent.post('/bulk-sends/preview', wish()).expect(403);
    const key = as(app, await anApiKey(app, business.orgId, ['bulk_sends.manage']));
    await key.post(`/bulk-sends/${id}/start`, {}).expect(202);
  });
});

it('a person who is erased is forgotten here, too', async () => {
  const [ada] = await people(2);
  const id = await started();
  await ended(id);
  await business.owner.post(`/contacts/${ada!.id}/erase`, { reason: 'requested' });
  await place.quiet();
  const rows = await place.app.db.query(
    'SELECT contact_id FROM bulk_send_recipients WHERE bulk_send_id = $1',
    [id],
  );
  expect(rows).toHaveLength(1);
});
