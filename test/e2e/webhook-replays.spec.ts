import { newId } from '../../src/common/context';
import { WebhookIntake, type AcceptedWebhook } from '../../src/modules/channels/db/webhook-intake.repository';
import { aMember, anApiKey, as, type Caller } from '../support';
import { anInstallation, type TestInstallation } from '../support/business';
import { aCustomerNumber, aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

let place: TestInstallation;
let desk: TestDesk;
let owner: Caller;

beforeAll(async () => {
  place = await anInstallation();
});
afterAll(() => place.stop());
beforeEach(async () => {
  desk = await aDesk(place.app, place.twilio);
  owner = as(place.app, desk.ownerToken);
});

const post = (fields: Record<string, string>, authToken = desk.connection.number.authToken) =>
  deliver(signed(fields, { authToken, url: desk.connection.webhookUrl }));

interface Logged {
  readonly id: string;
  readonly outcome: string;
  readonly error: string | null;
  readonly replayCount: number;
}

/** Newest first. */
const logged = async (query = ''): Promise<Logged[]> => {
  const { body } = await owner.get(`/webhook-logs${query}`).expect(200);
  return (body as { items: Logged[] }).items;
};
const outcomes = async () => (await logged()).map(({ outcome }) => outcome);
const count = async (table: string): Promise<number> => {
  const [row] = await place.app.db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table} WHERE org_id = $1`,
    [desk.orgId],
  );
  return row?.count ?? 0;
};

/** Has the work of deliveries from this number fail until `mend()`, as long as nobody knows it. */
async function breaking(phone: string): Promise<{ mend(): Promise<void> }> {
  await place.app.db.query(`
    CREATE FUNCTION break_work() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
    CREATE TRIGGER break_work BEFORE INSERT ON phone_number_mappings FOR EACH ROW
      WHEN (NEW.phone_number = '${phone}') EXECUTE FUNCTION break_work();`);
  return {
    async mend() {
      await place.app.db.query(
        'DROP TRIGGER break_work ON phone_number_mappings; DROP FUNCTION break_work()',
      );
    },
  };
}

/** Makes the jobs that wait for another attempt dead. */
const giveUp = () =>
  place.app.db.query(
    `UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE payload->>'orgId' = $1 AND attempts > 0`,
    [desk.orgId],
  );

/** A message whose job gave up, and whose cause is mended since. */
async function aLostMessage(change: Record<string, string> = {}): Promise<Record<string, string>> {
  const phone = aCustomerNumber();
  const fields = desk.message({ From: `whatsapp:${phone}`, ...change });
  const broken = await breaking(phone);
  await post(fields);
  await place.quiet();
  await giveUp();
  await broken.mend();
  return fields;
}

const deadJobs = async (): Promise<unknown[]> => {
  const { body } = await owner.get('/jobs/dead').expect(200);
  return (body as { items: unknown[] }).items;
};

describe('replaying one delivery', () => {
  it('gives one whose job gave up another chance, and the dead job goes', async () => {
    await aLostMessage();
    const [lost] = await logged();
    expect(lost).toMatchObject({ outcome: 'failed', replayCount: 0 });
    expect(await deadJobs()).toHaveLength(1);
    const { body } = await owner.post(`/webhook-logs/${lost!.id}/replay`).expect(202);
    expect(body).toMatchObject({ id: lost!.id, replayCount: 1, replayedBy: desk.ownerId });
    expect(body.replayedAt).toEqual(expect.any(String));
    await place.quiet();
    expect((await logged())[0]).toMatchObject({ outcome: 'processed', error: null, replayCount: 1 });
    expect(await count('messages')).toBe(1);
    expect(await deadJobs()).toEqual([]);
    const trail = await place.app.db.query(
      `SELECT actor, record_id FROM audit_logs WHERE org_id = $1 AND event_type = 'channels.webhook-replayed'`,
      [desk.orgId],
    );
    expect(trail).toEqual([{ actor: desk.ownerId, record_id: lost!.id }]);
  });

  it('obeys an opt-out that had been lost', async () => {
    const fields = await aLostMessage({ Body: 'STOP' });
    expect(await count('consent_events')).toBe(0);
    await owner.post(`/webhook-logs/${(await logged())[0]!.id}/replay`).expect(202);
    await place.quiet();
    const events = await place.app.db.query(
      `SELECT DISTINCT phone, action FROM consent_events WHERE org_id = $1`,
      [desk.orgId],
    );
    expect(events).toEqual([{ phone: fields['From']!.slice('whatsapp:'.length), action: 'opt_out' }]);
  });

  it('of a duplicate is one of what it repeats', async () => {
    const fields = await aLostMessage();
    await post(fields);
    const [duplicate, original] = await logged();
    expect([duplicate!.outcome, original!.outcome]).toEqual(['duplicate', 'failed']);
    await owner.post(`/webhook-logs/${duplicate!.id}/replay`).expect(202);
    await place.quiet();
    expect(await logged()).toMatchObject([
      { id: duplicate!.id, outcome: 'duplicate', replayCount: 1 },
      { id: original!.id, outcome: 'processed', replayCount: 0 },
    ]);
    expect(await count('messages')).toBe(1);
  });

  it('of a duplicate whose original has expired is one of the duplicate', async () => {
    const fields = await aLostMessage();
    await post(fields);
    const [duplicate, original] = await logged();
    await place.app.db.query('DELETE FROM webhook_logs WHERE id = $1', [original!.id]);
    await owner.post(`/webhook-logs/${duplicate!.id}/replay`).expect(202);
    await place.quiet();
    expect(await logged()).toMatchObject([{ id: duplicate!.id, outcome: 'processed' }]);
    expect(await count('messages')).toBe(1);
  });

  it('by two at once has one effect', async () => {
    await aLostMessage();
    const [lost] = await logged();
    const answers = await Promise.all(
      [1, 2].map(() => owner.post(`/webhook-logs/${lost!.id}/replay`).expect(202)),
    );
    expect(answers.map(({ body }) => (body as Logged).replayCount).sort()).toEqual([1, 2]);
    await place.quiet();
    expect((await logged())[0]).toMatchObject({ outcome: 'processed', replayCount: 2 });
    expect(await count('messages')).toBe(1);
    expect(await deadJobs()).toEqual([]);
  });

  it('gives listeners that gave up another chance, too', async () => {
    await post(desk.message());
    await place.quiet();
    const [done] = await logged();
    await place.app.db.query(
      `WITH job AS (SELECT (graphile_worker.add_job('channels.inbound-message-received>conversations.store-inbound-message',
          json_build_object('orgId', $1::text, 'webhookLogId', $2::text), run_at => now() + interval '1 hour')).id)
       SELECT id FROM job`,
      [desk.orgId, done!.id],
    );
    await place.app.db.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE payload->>'orgId' = $1`,
      [desk.orgId],
    );
    const waiting = () =>
      place.app.db.query(
        `SELECT FROM graphile_worker._private_jobs WHERE payload->>'orgId' = $1 AND attempts >= max_attempts`,
        [desk.orgId],
      );
    expect(await waiting()).toHaveLength(1);
    await owner.post(`/webhook-logs/${done!.id}/replay`).expect(202);
    expect(await waiting()).toEqual([]);
    await place.app.db.query(`DELETE FROM graphile_worker._private_jobs WHERE payload->>'orgId' = $1`, [
      desk.orgId,
    ]);
  });

  it('is refused of a forged one, and nothing comes of it', async () => {
    expect((await post(desk.message({ Body: 'STOP' }), '0'.repeat(32))).status).toBe(403);
    const [forged] = await logged();
    const { body } = await owner.post(`/webhook-logs/${forged!.id}/replay`).expect(409);
    expect(body.code).toBe('webhook_not_verified');
    await place.quiet();
    expect(await logged()).toMatchObject([{ outcome: 'refused', replayCount: 0 }]);
    for (const table of ['contacts', 'messages', 'consent_events', 'processed_webhook_events'])
      expect([table, await count(table)]).toEqual([table, 0]);
  });

  it('is refused of one that speaks of somebody who was erased', async () => {
    await post(desk.message());
    await place.quiet();
    const [done] = await logged();
    await place.app.db.query(`UPDATE webhook_logs SET payload = '{"$forgotten": "true"}' WHERE id = $1`, [
      done!.id,
    ]);
    const { body } = await owner.post(`/webhook-logs/${done!.id}/replay`).expect(409);
    expect(body.code).toBe('webhook_erased');
  });

  it('is refused of one that is older than the event in it', async () => {
    await post(desk.message());
    await place.quiet();
    const [done] = await logged();
    await place.app.db.query('UPDATE webhook_logs SET event_row_id = NULL WHERE id = $1', [done!.id]);
    const { body } = await owner.post(`/webhook-logs/${done!.id}/replay`).expect(409);
    expect(body.code).toBe('webhook_not_replayable');
  });

  it('is for owners, admins and keys with the scope, of the own organization', async () => {
    await post(desk.message());
    const path = `/webhook-logs/${(await logged())[0]!.id}/replay`;
    for (const [role, status] of [
      ['admin', 202],
      ['agent', 403],
      ['viewer', 403],
    ] as const)
      await as(place.app, (await aMember(place.app, desk.orgId, role)).token)
        .post(path)
        .expect(status);
    await as(place.app, await anApiKey(place.app, desk.orgId, ['webhook_logs.read']))
      .post(path)
      .expect(403);
    await as(place.app, await anApiKey(place.app, desk.orgId, ['webhook_logs.replay']))
      .post(path)
      .expect(202);
    const other = as(place.app, (await aDesk(place.app, place.twilio)).ownerToken);
    const foreign = await other.post(path).expect(404);
    const absent = await other.post(`/webhook-logs/${newId()}/replay`).expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });
});

describe('replaying a period', () => {
  const ever = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

  it('takes what fits, in the order in which it came, and skips what must not be replayed', async () => {
    await aLostMessage();
    await aLostMessage();
    await post(desk.message(), '0'.repeat(32));
    await post(desk.status());
    const { body } = await owner
      .post('/webhook-logs/replay', { ...ever, status: 'failed', type: 'message_inbound' })
      .expect(202);
    expect(body).toEqual({ replayed: 2, skipped: 1, next: null });
    await place.quiet();
    expect(await outcomes()).toEqual(['processed', 'refused', 'processed', 'processed']);
    const other = as(place.app, (await aDesk(place.app, place.twilio)).ownerToken);
    const { body: nothing } = await other.post('/webhook-logs/replay', ever).expect(202);
    expect(nothing).toEqual({ replayed: 0, skipped: 0, next: null });
    const { body: before } = await owner
      .post('/webhook-logs/replay', { ...ever, to: '2020-02-01T00:00:00Z' })
      .expect(202);
    expect(before.replayed).toBe(0);
  });

  it('is told by the trail, without the id of a provider: it can hold a number', async () => {
    const fields = desk.message();
    await post(fields);
    await owner.post('/webhook-logs/replay', { ...ever, externalId: fields['MessageSid'] }).expect(202);
    const [entry] = await place.app.db.query<{ told: Record<string, unknown> }>(
      `SELECT new_values AS told FROM audit_logs WHERE org_id = $1 AND event_type = 'channels.webhooks-replayed'`,
      [desk.orgId],
    );
    expect(entry?.told).toMatchObject({ replayed: 1, skipped: 0, from: '2020-01-01T00:00:00.000Z' });
    expect(JSON.stringify(entry)).not.toContain(fields['MessageSid']);
  });

  it('counts once for an Idempotency-Key', async () => {
    await post(desk.message());
    await place.quiet();
    const again = () => owner.post('/webhook-logs/replay', ever).set('idempotency-key', 'k').expect(202);
    expect((await again()).body).toEqual((await again()).body);
    expect((await logged())[0]!.replayCount).toBe(1);
  });

  it.each([
    { from: ever.from },
    { to: ever.to },
    { ...ever, from: '2020-01-01T00:00:00' },
    { ...ever, status: 'done' },
    { ...ever, verified: false },
    { ...ever, orgId: 'x' },
  ])('refuses %j', async (range) => {
    const { body } = await owner.post('/webhook-logs/replay', range).expect(422);
    expect(body.code).toBe('validation_failed');
  });

  it('of 1,000 that were worked off changes nothing of what was done', async () => {
    const people = Array.from({ length: 40 }, () => `whatsapp:${aCustomerNumber()}`);
    const words = ['STOP', 'START', 'HELP'];
    // The words are answered, and Twilio reports on the answers.
    const messages = Array.from({ length: 950 }, (_, i) =>
      desk.message({ From: people[i % people.length]!, Body: words[i % 50] ?? 'Is Friday free?' }),
    );
    await place.app.nest.get(WebhookIntake, { strict: false }).accept(messages.map(accepted));
    await place.quiet();
    const total = await count('webhook_logs');
    expect(total).toBeGreaterThan(1_000);
    const before = await everything();

    const { body: first } = await owner.post('/webhook-logs/replay', ever).expect(202);
    expect(first).toEqual({ replayed: 1_000, skipped: 0, next: expect.any(String) });
    const { body: rest } = await owner
      .post('/webhook-logs/replay', { ...ever, cursor: first.next })
      .expect(202);
    expect(rest).toEqual({ replayed: total - 1_000, skipped: 0, next: null });
    await place.quiet();
    expect(await everything()).toEqual(before);
    const [replayed] = await place.app.db.query(
      `SELECT count(*)::int AS count, max(replay_count) AS most FROM webhook_logs WHERE org_id = $1 AND replay_count > 0`,
      [desk.orgId],
    );
    expect(replayed).toEqual({ count: total, most: 1 });
    await owner.post('/webhook-logs/replay', { ...ever, status: 'failed', cursor: first.next }).expect(400);
  });

  const accepted = (payload: Record<string, string>, i: number): AcceptedWebhook => ({
    logId: newId(),
    orgId: desk.orgId,
    connectionId: desk.connection.id,
    source: 'twilio_whatsapp',
    type: 'message_inbound',
    externalId: payload['MessageSid']!,
    url: desk.connection.webhookUrl,
    method: 'POST',
    headers: {},
    payload,
    signature: null,
    ip: null,
    receivedAt: new Date(Date.now() - 60_000 + i),
    eventRowId: newId(),
    eventId: `message:${payload['MessageSid']!}`,
    eventType: 'message',
    payloadHash: '',
    requestId: newId(),
    verdict: null,
    isRouted: false,
  });

  /** All that deliveries lead to: of each table how many rows, and a sum over what stands in them. */
  async function everything(): Promise<Record<string, unknown>> {
    const tables: Readonly<Record<string, string>> = {
      ...Object.fromEntries(
        [
          ...['contacts', 'phone_number_mappings', 'consent_events', 'conversations', 'messages'],
          ...['message_status_events', 'processed_webhook_events', 'lead_status_changes', 'media_files'],
        ].map((table) => [table, `SELECT t::text AS row FROM ${table} t WHERE org_id = $1`]),
      ),
      webhook_logs: `SELECT (to_jsonb(t) - '{replay_count,replayed_at,replayed_by}'::text[])::text AS row
        FROM webhook_logs t WHERE org_id = $1`,
      audit_logs: `SELECT t::text AS row FROM audit_logs t
        WHERE org_id = $1 AND event_type <> 'channels.webhooks-replayed'`,
      jobs: `SELECT j.id::text AS row FROM graphile_worker._private_jobs j WHERE payload->>'orgId' = $1::uuid::text`,
    };
    const sums: Record<string, unknown> = {};
    for (const [table, rows] of Object.entries(tables)) {
      const [sum] = await place.app.db.query(
        `SELECT count(*)::int AS rows, md5(string_agg(row, '|' ORDER BY row)) AS sum FROM (${rows}) all_rows`,
        [desk.orgId],
      );
      sums[table] = sum;
    }
    const sent = place.twilio.messages({ from: `whatsapp:${desk.connection.number.address}` });
    return { ...sums, sent: sent.length };
  }
});
