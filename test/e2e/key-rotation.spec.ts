import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { newId, systemScope, type Uuid } from '../../src/common/context';
import { CannotDecrypt, Vault, type Place } from '../../src/common/crypto';
import { ReadKeyStatus, RotateKeys } from '../../src/common/crypto/rotation';
import { SealedColumns } from '../../src/common/crypto/rotation/sealed-columns';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { aDatabase, as, etagOf, testApp, type TestApp, type TestDatabase } from '../support';
import { anOperator } from '../support/operator';
import { Program } from '../support/launcher';
import { ensureBuilt } from '../support/server-process';
import { testEnvironment } from '../support/test-app';
import { aTwilio } from '../support/twilio';
import { aCustomerNumber, aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

const masterKey = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const OLD = masterKey('old', 1);
const NEW = masterKey('new', 2);
const ORGANIZATIONS = 8;

let db: TestDatabase;
let twilio: TwilioSimulator;
let app: TestApp;
let desks: TestDesk[];
/** Sealed texts of organizations that are there for their number alone. */
let answers: { orgId: Uuid; place: Place }[];

const secretOf = (orgId: string) => `an answer of ${orgId}`;
const env = (keys: string) => ({ MASTER_KEYS: keys, TWILIO_API_BASE_URL: twilio.url });

/** An organization with a kept answer, without people: their passwords would take most of the time. */
async function aSealedAnswer({ nest, database }: TestApp): Promise<{ orgId: Uuid; place: Place }> {
  const [orgId, row] = [newId(), newId()];
  const place = { table: 'idempotency_keys', column: 'sealed_body', row };
  await db.query(
    `INSERT INTO organizations (id, name, slug, default_country) VALUES ($1::uuid, 'Crowd', 'crowd-' || $1::text, 'DE')`,
    [orgId],
  );
  await database.runInOrg(systemScope(orgId), async () => {
    const { text } = await nest.get(Vault).seal(place, secretOf(orgId));
    await database.tx.query(
      `INSERT INTO idempotency_keys (org_id, id, operation, key, fingerprint, response_status, sealed_body)
       VALUES ($1, $2, 'POST /x', 'k', 'f', 200, $3)`,
      [orgId, row, text],
    );
  });
  return { orgId, place };
}

/** What stands in the row opens, in this program. */
async function opens({ nest, database }: TestApp, { orgId, place }: { orgId: Uuid; place: Place }) {
  return database.runInOrg(systemScope(orgId), async () => {
    const row = await database.tx.one<{ text: string }>(
      'SELECT sealed_body AS text FROM idempotency_keys WHERE org_id = $1 AND id = $2',
      [orgId, place.row],
    );
    return (await nest.get(Vault).open(place, row?.text ?? '')) === secretOf(orgId);
  });
}

/** Does it again and again until told to stop; tells how often, and fails when one fails. */
function underLoad(work: () => Promise<void>): () => Promise<number> {
  let times = 0;
  const over = new AbortController();
  const running = (async () => {
    while (!over.signal.aborted) {
      await work();
      times++;
      // The work beside it is to be done as well, on two cores.
      await sleep(20);
    }
  })();
  return async () => {
    over.abort();
    await running;
    return times;
  };
}

async function delivers({ connection, message }: TestDesk): Promise<void> {
  const to = { authToken: connection.number.authToken, url: connection.webhookUrl };
  const url = `${app.url}${new URL(to.url).pathname}`;
  const answer = await deliver(signed(message(), { ...to, url }));
  expect(answer.status).toBe(200);
}

/** A conversation of a desk, and the texts that it sent to it. */
const sent = new Map<TestDesk, { path: string; phone: string; texts: string[] }>();

async function sends(desk: TestDesk): Promise<void> {
  const { path, texts } = sent.get(desk)!;
  const text = `Reply ${texts.length}`;
  await as(app, desk.ownerToken).post(path, { text }).expect(201);
  texts.push(text);
}

async function sendsEnded({ connection }: TestDesk): Promise<void> {
  await app.settled();
  const { phone, texts } = [...sent.values()][0]!;
  const from = `whatsapp:${connection.number.address}`;
  const got = twilio.messages({ to: `whatsapp:${phone}`, from }).map(({ body }) => body);
  expect(got.sort()).toEqual([...texts].sort());
}

/** Opens a conversation to send to. */
async function hearsFromACustomer(desk: TestDesk): Promise<void> {
  const phone = aCustomerNumber();
  const message = desk.message({ From: `whatsapp:${phone}` });
  const to = { authToken: desk.connection.number.authToken };
  const url = `${app.url}${new URL(desk.connection.webhookUrl).pathname}`;
  expect((await deliver(signed(message, { ...to, url }))).status).toBe(200);
  await app.settled();
  const [row] = await db.query<{ id: string }>('SELECT id FROM conversations WHERE contact_address = $1', [
    phone,
  ]);
  sent.set(desk, { path: `/conversations/${row!.id}/messages`, phone, texts: [] });
}

const keysProgram = (name: 'keys:status' | 'keys:rotate', keys: string) =>
  Program.script(name, { ...testEnvironment(db, 1), ...env(keys) }).ended;

/** Whether a rotation waits for somebody to let go of a row. */
async function isWaitedFor(): Promise<boolean> {
  const waiting = await db.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND query LIKE 'UPDATE idempotency_keys SET sealed_body%'`,
  );
  return waiting.length > 0;
}

/** Has a rotation wait for a row, and kills it there. */
async function killedOverA({ place }: { place: Place }): Promise<void> {
  const holder = new Client({ connectionString: db.adminUrl });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM idempotency_keys WHERE id = $1 FOR UPDATE', [place.row]);
    const program = Program.script('keys:rotate', { ...testEnvironment(db, 1), ...env(`${NEW},${OLD}`) });
    const ended = new AbortController();
    void program.ended.then(() => {
      ended.abort();
    });
    while (!ended.signal.aborted && !(await isWaitedFor())) await sleep(25);
    program.signalGroup('SIGKILL');
    expect((await program.ended).code).not.toBe(0);
  } finally {
    await holder.end();
  }
}

const keysOf = (masterKeyId: string) =>
  db.query('SELECT 1 FROM organization_keys WHERE master_key_id = $1', [masterKeyId]);

beforeAll(async () => {
  ensureBuilt();
  db = await aDatabase();
  twilio = await aTwilio();
  const before = await testApp({ db, env: env(OLD) });
  desks = [await aDesk(before, twilio), await aDesk(before, twilio)];
  answers = [];
  for (let i = desks.length; i < ORGANIZATIONS; i++) answers.push(await aSealedAnswer(before));
  await before.stop();
  app = await testApp({ db, env: env(`${NEW},${OLD}`) });
  await hearsFromACustomer(desks[0]!);
});
afterAll(async () => {
  await Program.endAll();
  await app.stop();
  await twilio.close();
  await db.drop();
});

test('every column that holds sealed texts is known', async () => {
  const columns = await db.query<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND data_type = 'text'
       AND (column_name LIKE 'sealed%' OR column_name LIKE '%credentials' OR column_name LIKE '%\\_sealed')`,
  );
  const known = app.nest.get(SealedColumns, { strict: false }).all();
  expect(known.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
    columns.map(({ name }) => name).sort(),
  );
});

test('the vault seals for no column that nobody answers for', async () => {
  const place = { table: 'contacts', column: 'notes', row: newId() };
  await expect(
    app.database.runInOrg(systemScope(desks[0]!.orgId), () => app.nest.get(Vault).seal(place, 'x')),
  ).rejects.toThrow('no class @Seals contacts.notes');
});

test('the status tells that the old master key is needed', async () => {
  const { caller } = await anOperator(app);
  const { body } = await caller.get('/platform/keys').expect(200);
  expect(body).toMatchObject({ isComplete: false });
  expect((body as { masterKeys: unknown[] }).masterKeys).toContainEqual(
    expect.objectContaining({ masterKeyId: 'old', isNeeded: true, isKnown: true, isNewest: false }),
  );
  await as(app, desks[0]!.ownerToken).get('/platform/keys').expect(403);
});

test('keys are exchanged under load, killed, gone on with and run twice at once, and no request fails', async () => {
  const [desk, other] = desks as [TestDesk, TestDesk];
  const owner = as(app, desk.ownerToken);
  const { body: before } = await owner.get(`/channel-connections/${desk.connection.id}`).expect(200);
  const ends = [
    underLoad(() => delivers(desk)),
    underLoad(async () => {
      await as(app, other.ownerToken).post(`/channel-connections/${other.connection.id}/verify`).expect(200);
    }),
    underLoad(() => sends(desk)),
    underLoad(async () => {
      for (const answer of answers) expect(await opens(app, answer)).toBe(true);
    }),
  ];

  const [first] = answers;
  await killedOverA(first!);
  expect(await keysOf('old')).not.toEqual([]);
  const rotate = app.nest.get(RotateKeys, { strict: false });
  const [program, here] = await Promise.all([keysProgram('keys:rotate', `${NEW},${OLD}`), rotate.run()]);
  for (const end of ends) expect(await end()).toBeGreaterThan(0);

  expect(program).toMatchObject({ code: 0, stderr: '' });
  expect(program.stdout).toContain('master key new (newest): needed');
  // The operator's has no key.
  expect(program.stdout).toContain(`${ORGANIZATIONS + 1} organizations: `);
  expect(here).toMatchObject({ organizations: ORGANIZATIONS + 1, failed: [] });
  expect(await keysOf('old')).toEqual([]);
  for (const answer of answers) expect(await opens(app, answer)).toBe(true);
  // Each has one new data key, and nothing is left under the one before it.
  const keys = await db.query<{ count: string }>('SELECT count(*) FROM organization_keys GROUP BY org_id');
  expect(keys.map(({ count }) => count)).toEqual(Array.from({ length: ORGANIZATIONS }, () => '2'));
  await rotate.run();
  expect(await app.nest.get(ReadKeyStatus, { strict: false }).execute()).toMatchObject({
    isComplete: true,
    replacedDataKeys: ORGANIZATIONS,
    sealingDataKeys: 0,
  });
  // Whoever has the connection open is not told that somebody changed it.
  const { version } = before as { version: number };
  await owner
    .patch(`/channel-connections/${desk.connection.id}`, { friendlyName: 'Renamed' })
    .set('If-Match', etagOf(desk.orgId, version))
    .expect(200);
  await sendsEnded(desk);
});

test('that credentials were opened for it is on the trail', async () => {
  const noted = await db.query(
    `SELECT record_id FROM audit_logs WHERE event_type = 'channels.credential-use' AND new_values->>'purpose' = 're_encrypt'`,
  );
  expect(new Set(noted.map(({ record_id }) => record_id))).toEqual(
    new Set(desks.map(({ connection }) => connection.id)),
  );
});

test('a run has nothing left to do after another one, and seals what a request that began before it sealed', async () => {
  const rotate = app.nest.get(RotateKeys, { strict: false });
  expect(await rotate.run()).toMatchObject({ rewrapped: 0, renewed: 0, resealed: 0, failed: [] });
  const [first] = answers;
  await app.database.runInOrg(systemScope(first!.orgId), () => app.nest.get(Vault).renewKey());
  expect(await rotate.run()).toMatchObject({ renewed: 0, resealed: 1, failed: [] });
  expect(await opens(app, first!)).toBe(true);
});

test('old data keys go when nothing has been sealed by them for an hour', async () => {
  const rotate = app.nest.get(RotateKeys, { strict: false });
  const replaced = () =>
    db.query(
      'SELECT 1 FROM organization_keys k WHERE EXISTS (SELECT FROM organization_keys n WHERE n.org_id = k.org_id AND n.id > k.id)',
    );
  expect((await replaced()).length).toBeGreaterThanOrEqual(ORGANIZATIONS);
  await db.query(`UPDATE organization_keys SET unused_since = unused_since - interval '61 minutes'`);
  await rotate.run();
  expect(await replaced()).toEqual([]);
});

test('the retired master key is needed no more', async () => {
  const alone = await testApp({ db, env: env(NEW) });
  try {
    for (const answer of answers) expect(await opens(alone, answer)).toBe(true);
    await as(alone, desks[0]!.ownerToken)
      .post(`/channel-connections/${desks[0]!.connection.id}/verify`)
      .expect(200);
  } finally {
    await alone.stop();
  }
});

test('npm run keys:status tells by its exit code whether anything is left under an old key', async () => {
  const status = await keysProgram('keys:status', NEW);
  expect(status).toMatchObject({ code: 0, stderr: '' });
  const newest = masterKey('newest', 3);
  const before = await keysProgram('keys:status', `${newest},${NEW}`);
  expect(before.code).toBe(1);
  expect(before.stdout).toContain('master key newest (newest): not needed');
  const blind = await keysProgram('keys:rotate', newest);
  expect(blind.code).toBe(1);
  expect(blind.stdout).toContain('NOT in MASTER_KEYS');
  expect(`${before.stdout}${blind.stdout}`).not.toContain(newest.split(':')[1]);
});

describe('what was tampered with', () => {
  test('is told by a run, which does the rest', async () => {
    const [broken] = answers;
    const rotate = app.nest.get(RotateKeys, { strict: false });
    const [kept] = await db.query<{ text: string }>(
      'SELECT sealed_body AS text FROM idempotency_keys WHERE id = $1',
      [broken!.place.row],
    );
    await db.query(`UPDATE idempotency_keys SET sealed_body = left(sealed_body, -8) WHERE id = $1`, [
      broken!.place.row,
    ]);
    await expect(opens(app, broken!)).rejects.toBeInstanceOf(CannotDecrypt);
    const { failed, renewed } = await rotate.run({ renewMadeBefore: new Date() });
    expect(renewed).toBeGreaterThanOrEqual(ORGANIZATIONS);
    expect(failed).toEqual([
      `organization ${broken!.orgId}: idempotency_keys.sealed_body of ${broken!.place.row}`,
    ]);
    await db.query('UPDATE idempotency_keys SET sealed_body = $2 WHERE id = $1', [
      broken!.place.row,
      kept!.text,
    ]);
    expect(await rotate.run()).toMatchObject({ resealed: 1, failed: [] });
  });

  test('opens nothing over the API, and nobody learns more than that', async () => {
    const [desk, other] = desks as [TestDesk, TestDesk];
    const credentials = (id: string) =>
      db.query<{ credentials: string }>('SELECT credentials FROM channel_connections WHERE id = $1', [id]);
    const [own] = await credentials(desk.connection.id);
    const [foreign] = await credentials(other.connection.id);
    const [head, keyId, body] = own!.credentials.split('.') as [string, string, string];
    const data = Buffer.from(body, 'base64url');
    const zeroed = Buffer.concat([data.subarray(0, -16), Buffer.alloc(16)]).toString('base64url');
    const forgeries = [
      foreign!.credentials,
      `${head}.${foreign!.credentials.split('.')[1]}.${body}`,
      `v2.${keyId}.${body}`,
      `${head}.${newId()}.${body}`,
      `${head}.${keyId}.${zeroed}`,
      `${head}.${keyId}.${Buffer.concat([data, Buffer.alloc(1)]).toString('base64url')}`,
      `${head}.${keyId}.${data.subarray(1).toString('base64url')}`,
      `${head}.${keyId}.${data.subarray(0, -1).toString('base64url')}`,
    ];
    const to = { authToken: desk.connection.number.authToken };
    const url = `${app.url}${new URL(desk.connection.webhookUrl).pathname}`;
    for (const forgery of forgeries) {
      await db.query('UPDATE channel_connections SET credentials = $2 WHERE id = $1', [
        desk.connection.id,
        forgery,
      ]);
      const { body: problem } = await as(app, desk.ownerToken)
        .post(`/channel-connections/${desk.connection.id}/verify`)
        .expect(422);
      expect(problem).toMatchObject({ code: 'credentials_rejected' });
      // By its own id, over a program that has not opened the right one a moment ago.
      const fresh = await deliver(signed(desk.message(), { ...to, url }));
      expect([200, 503]).toContain(fresh.status);
      expect(JSON.stringify(problem) + fresh.text).not.toMatch(/decrypt|master|v1\./);
    }
    const cold = await testApp({ db, env: env(`${NEW},${OLD}`) });
    try {
      const address = `${cold.url}${new URL(url).pathname}`;
      const answer = await deliver(signed(desk.message(), { ...to, url: address }));
      expect(answer).toMatchObject({ status: 503, code: 'secret_unreadable' });
      expect(cold.logs.join('')).not.toContain(desk.connection.number.authToken);
    } finally {
      await cold.stop();
    }
    await db.query('UPDATE channel_connections SET credentials = $2 WHERE id = $1', [
      desk.connection.id,
      own!.credentials,
    ]);
    await as(app, desk.ownerToken).post(`/channel-connections/${desk.connection.id}/verify`).expect(200);
  });
});
