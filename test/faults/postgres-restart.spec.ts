import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import type { TestBusiness } from '../support/business';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { aCloud } from '../support/cloud';
import { aTwilio } from '../support/twilio';
import { deliveries, received, type Delivery } from './deliveries';
import { ownPostgres, type OwnPostgres } from './own-postgres';
import { OtherChannels } from './other-channels';
import { allDone, aServedBusiness, countOf, spread, until } from './scene';

const CUSTOMERS = 20;
const LANES = 4;
/** So much is acknowledged, of each kind, before the first restart and after each. */
const BETWEEN = 60;
/** Longer than any answer may take. */
const ANSWER_LIMIT_MS = 20_000;

let postgres: OwnPostgres;
let twilio: TwilioSimulator;
let server: ServerProcess;
let business: TestBusiness;
let others: OtherChannels;

beforeAll(async () => {
  ensureBuilt();
  postgres = await ownPostgres();
  twilio = await aTwilio({ settings: { callbackDelayMs: 1, retries: 300, retryDelayMs: 100 } });
  const cloud = await aCloud({ settings: { retries: 300, retryDelayMs: 100 } });
  const urls = { TWILIO_API_BASE_URL: twilio.url, WHATSAPP_CLOUD_API_BASE_URL: cloud.url };
  server = await ServerProcess.on(postgres.db, urls);
  business = await aServedBusiness(postgres.db, server, twilio, {
    env: urls,
    async prepare(app) {
      others = await OtherChannels.on(app, { twilio, cloud });
    },
  });
  await server.start();
});

afterAll(async () => {
  await server.stop();
  await twilio.close();
  await postgres.stop();
});

/** What was done, and how it was answered. */
class Load {
  isOver = false;
  readonly accepted: Delivery[] = [];
  /** Texts of messages that were acknowledged. */
  readonly sent: string[] = [];
  /** Every answer that was no success; `no answer` where there was none. */
  readonly refusals: string[] = [];

  constructor(private readonly conversations: readonly Uuid[]) {}

  async run(): Promise<void> {
    const lanes = Array.from({ length: LANES }, (_, lane) => [this.deliver(lane), this.send(lane)]);
    await Promise.all(lanes.flat());
  }

  private async deliver(lane: number): Promise<void> {
    const pending = deliveries({ total: 10_000, repeated: 0, customers: CUSTOMERS });
    for (let i = lane; !this.isOver && server.pid !== undefined; i += LANES) {
      const delivery = pending[CUSTOMERS + i];
      if (!delivery) throw new Error('more deliveries than were planned');
      const { delivered, attempts } = await twilio.receive(
        received(delivery, business.connection.number.address),
      );
      if (delivered) this.accepted.push(delivery);
      for (const { status, error } of delivered ? attempts.slice(0, -1) : attempts)
        this.refusals.push(`webhook: ${status ?? `no answer: ${error ?? ''}`}`);
    }
  }

  /** As a careful client: until it is acknowledged, the same key again. */
  private async send(lane: number): Promise<void> {
    for (let i = lane; !this.isOver; i += LANES) {
      const text = `answer ${i}`;
      const path = `/api/v1/conversations/${this.conversations[i % CUSTOMERS]!}/messages`;
      const key = randomUUID();
      while (!(await this.post(path, key, text))) {
        if (server.pid === undefined) return;
        await sleep(100);
      }
      this.sent.push(text);
    }
  }

  private async post(path: string, key: string, text: string): Promise<boolean> {
    try {
      const answer = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${business.ownerToken}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      const body = (await answer.json()) as { code?: string };
      if (answer.status === 201) return true;
      this.refusals.push(
        `api: ${answer.status} ${answer.headers.get('content-type') ?? ''} ${body.code ?? ''}`,
      );
    } catch (error) {
      this.refusals.push(`api: no answer: ${(error as Error).name}`);
    }
    return false;
  }
}

async function openConversations(): Promise<Uuid[]> {
  const first = deliveries({ total: CUSTOMERS, repeated: 0, customers: CUSTOMERS });
  await spread(first, LANES, (delivery) =>
    twilio.receive(received(delivery, business.connection.number.address)),
  );
  await allDone(postgres.db, twilio);
  const rows = await postgres.db.query<{ id: Uuid }>('SELECT id FROM conversations ORDER BY contact_address');
  return rows.map(({ id }) => id);
}

async function isReady(): Promise<boolean> {
  if (server.pid === undefined) throw new Error(`the server ended: ${server.output}`);
  const answer = await fetch(`${server.url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  return answer.ok;
}

test('three restarts under load: nothing acknowledged is lost, nothing happens twice, and the server recovers by itself', async () => {
  const load = new Load(await openConversations());
  const { pid } = server;
  const running = Promise.all([load.run(), others.play(() => load.isOver)]);
  const more = async (): Promise<void> => {
    const [accepted, sent] = [load.accepted.length, load.sent.length];
    await until(
      'requests are served',
      async () => load.accepted.length >= accepted + BETWEEN && load.sent.length >= sent + BETWEEN,
    );
  };
  try {
    for (const mode of ['immediate', 'fast', 'immediate'] as const) {
      await more();
      await postgres.restart(mode);
      await until('it is ready again', isReady);
    }
    await more();
  } finally {
    load.isOver = true;
    await running;
  }
  await allDone(postgres.db, twilio, { limitMs: 120_000, exceptLooks: true });

  expect(server.pid).toBe(pid);
  // It said that it cannot serve, each time in the same words, and never nothing.
  const words = ['api: 503 application/problem+json; charset=utf-8 database_unavailable', 'webhook: 503'];
  expect([...new Set(load.refusals)].sort()).toEqual(words);

  const { db } = postgres;
  const incoming = await db.query<{ body: string }>(
    `SELECT provider_message_id || ' ' || body AS body FROM messages WHERE direction = 'incoming' AND provider_message_id = ANY ($1)`,
    [load.accepted.map(({ messageSid }) => messageSid)],
  );
  expect(incoming.map(({ body }) => body).sort()).toEqual(
    load.accepted.map(({ messageSid, body }) => `${messageSid} ${body}`).sort(),
  );
  await others.expectOnce(db);
  const outgoing = await db.query<{ body: string; status: string }>(
    `SELECT body, status FROM messages WHERE direction = 'outgoing' ORDER BY body`,
  );
  expect(outgoing.map(({ body }) => body)).toEqual(load.sent.sort());
  // Where the answer to a claim was lost, the server does not know that it has not sent, and asks instead of sending.
  const unknown = new Set(outgoing.filter(({ status }) => status === 'unknown').map(({ body }) => body));
  const arrived = load.sent.filter((body) => !unknown.has(body));
  expect(outgoing.filter(({ status }) => status === 'delivered').map(({ body }) => body)).toEqual(arrived);
  expect(unknown.size).toBeLessThanOrEqual(3 * LANES);
  const said = twilio.messages({ direction: 'outbound-api' }).map(({ body }) => body);
  expect(said.sort()).toEqual(arrived);
  const dead = 'SELECT count(*) FROM graphile_worker._private_jobs WHERE attempts >= max_attempts';
  expect(await countOf(db, dead)).toBe(0);
  const counted = await countOf(
    db,
    'SELECT sum(message_count) AS count FROM phone_number_mappings WHERE org_id = $1',
    [business.orgId],
  );
  expect(counted).toBe(CUSTOMERS + load.accepted.length);
});
