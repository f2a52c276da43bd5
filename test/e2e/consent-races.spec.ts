import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import type { Uuid } from '../../src/common/context';
import { startTwilioSimulator, type TwilioSimulator } from '../../tools/twilio-simulator';
import { aConnection, type TestConnection } from '../support/connections';
import { anOrganization, as, type Caller, type TestOrganization } from '../support/people';
import { testApp, type TestApp } from '../support/test-app';
import { aMessageSid, deliver, signed } from '../support/webhooks';

const RACES = 1_000;
/** So many races at the same time, of as many people. */
const AT_ONCE = 32;

/** What reached the provider, and whether the person's opt-out was committed by then. */
interface Arrival {
  readonly to: string;
  readonly body: string;
  readonly afterOptOut: boolean;
}

interface Person {
  readonly phone: string;
  readonly conversationId: Uuid;
}

let app: TestApp;
let twilio: TwilioSimulator;
let front: Server;
let ledger: Pool;
let organization: TestOrganization;
let owner: Caller;
let connection: TestConnection;
const arrivals: Arrival[] = [];
/** What is to happen when a message to somebody is on its way. */
const onItsWay = new Map<string, () => void>();

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** True once an opt-out of that person stands in the ledger, as everybody sees it: it is committed. */
async function hasOptedOut(phone: string): Promise<boolean> {
  const { rows } = await ledger.query(
    `SELECT 1 FROM consent_events WHERE phone = $1 AND action = 'opt_out' LIMIT 1`,
    [phone],
  );
  return rows.length > 0;
}

/**
 * Stands before Twilio: reads the ledger whenever a message arrives, and again when Twilio has it. Until the answer is on its
 * way back the message is being handed over, so that no opt-out may be committed by then.
 */
function watch(target: string): Server {
  return createServer((incoming, outgoing) => {
    void (async () => {
      const body = await textOf(incoming);
      const form = new URLSearchParams(body);
      const creates = incoming.method === 'POST' && (incoming.url ?? '').endsWith('/Messages.json');
      const to = (form.get('To') ?? '').replace('whatsapp:', '');
      const opensRace = creates ? onItsWay.get(to) : undefined;
      onItsWay.delete(to);
      opensRace?.();
      if (opensRace) await after(30);
      const forwarded = request(new URL(incoming.url ?? '/', target), {
        method: incoming.method ?? 'GET',
        headers: { ...incoming.headers, host: new URL(target).host },
      });
      forwarded.end(body);
      const answer = await new Promise<IncomingMessage>((resolve, reject) =>
        forwarded.once('response', resolve).once('error', reject),
      );
      const text = await textOf(answer);
      if (creates && answer.statusCode === 201) {
        arrivals.push({ to, body: form.get('Body') ?? '', afterOptOut: await hasOptedOut(to) });
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(text);
    })();
  });
}

beforeAll(async () => {
  twilio = await startTwilioSimulator({ settings: { callbacks: false } });
  front = watch(twilio.url);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const { port } = front.address() as AddressInfo;
  app = await testApp({ env: { TWILIO_API_BASE_URL: `http://127.0.0.1:${port}` } });
  ledger = new Pool({ connectionString: app.db.adminUrl, max: 4 });
  organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
  connection = await aConnection(app, twilio, organization.ownerToken);
});
afterAll(async () => {
  await ledger.end();
  await app.stop();
  await new Promise((resolve) => front.close(resolve));
  await twilio.close();
});

/** People who wrote a moment ago: each may be answered. */
async function people(count: number): Promise<Person[]> {
  await app.db.query(
    `INSERT INTO contacts (org_id, id, name, phone)
     SELECT $1, new_uuid_v7(), 'Racer', '+49157' || (1000000 + i) FROM generate_series(1, $2::int) i`,
    [organization.orgId, count],
  );
  await app.db.query(
    `INSERT INTO consent_events (org_id, id, phone, channel, action, source, evidence, at)
     SELECT org_id, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'inbound_message', '{}', now() - interval '1 minute'
     FROM contacts WHERE org_id = $1`,
    [organization.orgId],
  );
  await app.db.query(
    `INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, whatsapp_opted_in, whatsapp_opted_in_at)
     SELECT org_id, new_uuid_v7(), id, phone, true, now() FROM contacts WHERE org_id = $1`,
    [organization.orgId],
  );
  const rows = await app.db.query<{ phone: string; id: Uuid }>(
    `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, session_window_ends_at,
       last_message_at)
     SELECT org_id, new_uuid_v7(), id, $2, phone, now() + interval '23 hours', now() FROM contacts WHERE org_id = $1
     RETURNING contact_address AS phone, id`,
    [organization.orgId, connection.id],
  );
  return rows.map(({ phone, id }) => ({ phone, conversationId: id }));
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** STOP of the person's own, as Twilio delivers it; or what a member takes down on the phone. */
async function optOut({ phone }: Person, byWord: boolean): Promise<void> {
  if (!byWord) {
    await owner
      .post('/consent', { phone, channel: 'whatsapp', purpose: 'transactional', action: 'opt_out' })
      .expect(201);
    // Answered, so committed.
    expect(await hasOptedOut(phone)).toBe(true);
    return;
  }
  const { accountSid, address, authToken } = connection.number;
  const sid = aMessageSid();
  const fields = {
    ...{ AccountSid: accountSid, ApiVersion: '2010-04-01', MessageSid: sid, SmsMessageSid: sid, SmsSid: sid },
    ...{ SmsStatus: 'received', From: `whatsapp:${phone}`, To: `whatsapp:${address}`, Body: 'STOP' },
    ...{ NumMedia: '0', NumSegments: '1', ProfileName: 'Racer', MessageType: 'text' },
  };
  const delivery = signed(fields, { authToken, url: connection.webhookUrl });
  expect((await deliver(delivery)).status).toBe(200);
}

/** The id of the message, or that it was refused. */
async function write({ conversationId }: Person): Promise<Uuid | 'refused'> {
  const answer = await owner.post(`/conversations/${conversationId}/messages`, { text: 'See you on Friday' });
  const body = answer.body as { id: Uuid; code?: string };
  if (answer.status === 201) return body.id;
  expect([answer.status, body.code]).toEqual([422, 'contact_opted_out']);
  return 'refused';
}

/** In every second race the person opts out while the message is on its way; else the one is early, or the other. */
function startOf(n: number, { phone }: Person): { message: number; optOut: Promise<unknown> } {
  if (n % 4 < 2) return { message: 0, optOut: new Promise<void>((resolve) => onItsWay.set(phone, resolve)) };
  const ahead = ((n * 97) % 151) - 50;
  return { message: Math.max(0, -ahead), optOut: after(Math.max(0, ahead)) };
}

test(`${RACES} races of an opt-out against a message: none leaves after the opt-out is committed`, async () => {
  const racers = await people(RACES);
  const written = new Map<string, Uuid | 'refused'>();
  const waiting = racers.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [n, person] of waiting) {
        const byWord = n % 2 === 0;
        const start = startOf(n, person);
        const [id] = await Promise.all([
          after(start.message).then(() => write(person)),
          start.optOut.then(() => optOut(person, byWord)),
        ]);
        written.set(person.phone, id);
      }
    }),
  );
  await app.settled();

  const late = arrivals.filter(({ body, afterOptOut }) => afterOptOut && body === 'See you on Friday');
  expect(late).toEqual([]);
  // The hook sees what is committed: confirmations come after it.
  expect(arrivals.some(({ afterOptOut }) => afterOptOut)).toBe(true);

  const sent = new Set(arrivals.flatMap(({ to, body }) => (body === 'See you on Friday' ? [to] : [])));
  const messages = await app.db.query<{ id: Uuid; phone: string; status: string; error_code: string | null }>(
    `SELECT m.id, c.contact_address AS phone, m.status, m.error_code
     FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
     WHERE m.org_id = $1 AND m.direction = 'outgoing' AND m.purpose = 'reply'`,
    [organization.orgId],
  );
  const kept = new Map(messages.map((message) => [message.phone, message]));
  const outcomes = { sent: 0, refused: 0, failed: 0 };
  for (const { phone } of racers) {
    const message = kept.get(phone);
    if (written.get(phone) === 'refused') {
      outcomes.refused++;
      expect(message).toBeUndefined();
      expect(sent.has(phone)).toBe(false);
    } else if (sent.has(phone)) {
      outcomes.sent++;
      expect(message?.error_code ?? null).toBeNull();
    } else {
      outcomes.failed++;
      expect(message).toMatchObject({ status: 'failed', error_code: 'opted_out' });
    }
  }
  // Every way that a race can end was taken.
  expect(outcomes.sent + outcomes.refused + outcomes.failed).toBe(RACES);
  expect(outcomes.sent).toBeGreaterThan(0);
  expect(outcomes.refused + outcomes.failed).toBeGreaterThan(0);
  const closed = await app.db.query<{ n: string }>(
    'SELECT count(*) AS n FROM phone_number_mappings WHERE org_id = $1 AND NOT whatsapp_opted_in',
    [organization.orgId],
  );
  expect(Number(closed[0]?.n)).toBe(RACES);
});
