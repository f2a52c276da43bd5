import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, systemScope, type OrgScope, type Uuid } from '../../src/common/context';
import { Channels } from '../../src/modules/channels';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import {
  aConnection,
  aBusinessNumber,
  aMember,
  anApiKey,
  anOrganization,
  as,
  aTwilioNumber,
  testApp,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';
import { aTwilio } from '../support/twilio';

type Trouble = 'none' | 'silent' | 'down' | 'failing';

/** Stands between the program and the simulator, and can be told to be in trouble. */
class Line {
  trouble: Trouble = 'none';
  /** Requests that were not answered. */
  kept = 0;
  url = '';
  private target = '';
  private readonly server = http.createServer((request, response) => this.pass(request, response));

  async open(target: string): Promise<void> {
    this.target = target;
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (this.trouble === 'silent') {
      this.kept++;
      return;
    }
    if (this.trouble === 'down') return void request.socket.destroy();
    if (this.trouble === 'failing') return void response.writeHead(503).end('{"code":20503}');
    const { method, headers, url } = request;
    const onward = http.request(`${this.target}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  }
}

const HELLO = { body: 'Hello', files: [], template: null };

let simulator: TwilioSimulator;
const line = new Line();
let app: TestApp;
let clinic: TestOrganization;
let salon: TestOrganization;
let owner: Caller;
let stranger: Caller;

beforeAll(async () => {
  simulator = await aTwilio({ settings: { callbacks: false, callbackDelayMs: 1 } });
  await line.open(simulator.url);
  app = await testApp({ env: { TWILIO_API_BASE_URL: line.url, TWILIO_TIMEOUT_MS: '3000' } });
  clinic = await anOrganization(app);
  salon = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
  stranger = as(app, salon.ownerToken);
});
afterEach(() => {
  line.trouble = 'none';
  simulator.faults.clear();
});
afterAll(async () => {
  await app.stop();
  await line.close();
  await simulator.close();
});

const connections = '/channel-connections';
const at = (id: string, rest = '') => `${connections}/${id}${rest}`;
const connect = () => aConnection(app, simulator, clinic.ownerToken);

const stored = async (id: string) => {
  const [row] = await app.db.query<Record<string, unknown>>(
    'SELECT * FROM channel_connections WHERE id = $1',
    [id],
  );
  return row;
};
const count = async (address: string) => {
  const sql = 'SELECT count(*)::int AS n FROM channel_connections WHERE address = $1';
  const [row] = await app.db.query<{ n: number }>(sql, [address]);
  return row?.n;
};
const uses = (id: string) =>
  app.db.query<{ purpose: string; actor: string; actor_type: string; org_id: string; request_id: string }>(
    `SELECT new_values->>'purpose' AS purpose, actor, actor_type, org_id, request_id FROM audit_logs
     WHERE event_type = 'channels.credential-use' AND record_id = $1 ORDER BY created_at`,
    [id],
  );
const withoutRequestId = ({ requestId, ...rest }: Record<string, unknown>) => {
  expect(requestId).toEqual(expect.any(String));
  return rest;
};

describe('connecting a number', () => {
  test('checks it at Twilio, keeps it, and tells where webhooks go', async () => {
    const number = { ...aTwilioNumber(simulator), friendlyName: '  Front desk  ' };
    const { body } = await owner.post(connections, number).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      provider: 'twilio',
      channel: 'whatsapp',
      address: number.address,
      accountId: number.accountSid,
      numberId: null,
      friendlyName: 'Front desk',
      routing: 'dedicated',
      isActive: true,
      sendsPerSecond: 80,
      lastVerifiedAt: expect.stringMatching(/^20.*Z$/),
      verificationMode: 'enforce',
      observeUntil: null,
      credentialsExpireAt: null,
      previousCredentialsUntil: null,
      version: 1,
      webhookUrl: `${app.url}/api/v1/channels/whatsapp/webhook/${body.id}`,
      sharedWebhookUrl: `${app.url}/api/v1/channels/whatsapp/webhook`,
      createdAt: expect.stringMatching(/^20.*Z$/),
      updatedAt: expect.stringMatching(/^20.*Z$/),
    });
    expect(await stored(body.id)).toMatchObject({
      org_id: clinic.orgId,
      credentials: expect.stringMatching(/^v1\./),
      webhook_verify_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect((await owner.get(at(body.id)).expect(200)).body).toEqual(body);
  });

  test('takes a number as people write it', async () => {
    const number = aTwilioNumber(simulator);
    const written = `${number.address.slice(0, 2)} (${number.address.slice(2, 5)}) ${number.address.slice(5, 8)}-${number.address.slice(8)}`;
    const { body } = await owner.post(connections, { ...number, address: written }).expect(201);
    expect(body.address).toBe(number.address);
  });

  test('an account can have several numbers', async () => {
    const first = await connect();
    const { accountSid } = first.number;
    await owner.post(connections, aTwilioNumber(simulator, { accountSid })).expect(201);
  });

  test.each([
    ['provider', { provider: 'someone' }],
    ['channel', { channel: 'fax' }],
    ['accountSid', { accountSid: 'AC123' }],
    ['accountSid', { accountSid: 5 }],
    ['authToken', { authToken: 'short' }],
    ['authToken', { authToken: 'with a space in the middle' }],
    ['authToken', { authToken: undefined }],
    ['address', { address: '0151 12345678' }],
    ['address', { address: 'whatsapp:+14155238886' }],
    ['address', { address: null }],
    ['friendlyName', { friendlyName: '   ' }],
    ['friendlyName', { friendlyName: 'x'.repeat(101) }],
    ['isActive', { isActive: false }],
    ['orgId', { orgId: newId() }],
  ])('refuses a wrong %s by name: %o', async (field, wrong) => {
    const number = { ...aTwilioNumber(simulator), ...wrong };
    const { body } = await owner.post(connections, number).expect(422);
    const fields = (body.errors as { field: string }[]).map((error) => error.field);
    expect(new Set(fields)).toEqual(new Set([field]));
    expect(JSON.stringify(body)).not.toContain('space in the middle');
  });

  test.each([
    ['a wrong token', () => aTwilioNumber(simulator, { authToken: 'f'.repeat(32) }), 'credentials_rejected'],
    [
      'an unknown account',
      () => ({ ...aTwilioNumber(simulator), accountSid: `AC${'9'.repeat(32)}` }),
      'credentials_rejected',
    ],
    [
      'a suspended account',
      () => aTwilioNumber(simulator, { accountSid: simulator.addAccount({ status: 'suspended' }).sid }),
      'account_suspended',
    ],
  ])('stores nothing for %s', async (_name, make, code) => {
    const number = make();
    const { body } = await owner.post(connections, number).expect(422);
    expect(body.code).toBe(code);
    expect(await count(number.address)).toBe(0);
  });

  test.each<Trouble>(['silent', 'down', 'failing'])('stores nothing while Twilio is %s', async (trouble) => {
    const number = aTwilioNumber(simulator);
    line.trouble = trouble;
    const response = await owner.post(connections, number).expect(503);
    expect(response.body.code).toBe('provider_unavailable');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(await count(number.address)).toBe(0);
    line.trouble = 'none';
    await owner.post(connections, number).expect(201);
  });

  test('holds no database connection while Twilio is asked', async () => {
    line.trouble = 'silent';
    line.kept = 0;
    const numbers = Array.from({ length: 12 }, () => aTwilioNumber(simulator));
    const waiting = Promise.all(numbers.map((number) => owner.post(connections, number).expect(503)));
    while (line.kept < numbers.length) await new Promise((done) => setTimeout(done, 5));
    for (const { total, idle, waiting: queued } of app.database.poolFigures())
      expect({ idle, queued }).toEqual({ idle: total, queued: 0 });
    await waiting;
  });
});

describe('a number that is connected already', () => {
  test('is refused in the same words here and elsewhere', async () => {
    const { number } = await connect();
    const here = await owner.post(connections, number).expect(409);
    const own = aTwilioNumber(simulator);
    const elsewhere = await stranger.post(connections, { ...own, address: number.address }).expect(409);
    expect(here.body.code).toBe('number_already_connected');
    expect(withoutRequestId(elsewhere.body)).toEqual(withoutRequestId(here.body));
    expect(await count(number.address)).toBe(1);
  });

  test('is not told to those whose credentials are wrong', async () => {
    const { number } = await connect();
    const taken = await stranger.post(connections, { ...number, authToken: 'f'.repeat(32) }).expect(422);
    const free = await stranger
      .post(connections, { ...number, authToken: 'f'.repeat(32), address: aBusinessNumber() })
      .expect(422);
    expect(withoutRequestId(taken.body)).toEqual(withoutRequestId(free.body));
  });

  test('is connected once when many try at the same time', async () => {
    const number = aTwilioNumber(simulator);
    const callers = [owner, stranger, owner, stranger, owner, stranger, owner, stranger];
    const answers = await Promise.all(callers.map((caller) => caller.post(connections, number)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    expect(await count(number.address)).toBe(1);
  });

  test('is free again when the connection is removed', async () => {
    const { id, number } = await connect();
    await owner.delete(at(id)).expect(204);
    await stranger.post(connections, number).expect(201);
  });
});

describe('reading', () => {
  test('lists in pages, newest first', async () => {
    const org = await anOrganization(app);
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await aConnection(app, simulator, org.ownerToken)).id);
    const reader = as(app, org.ownerToken);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await reader.get(`${connections}?limit=2${query}`).expect(200);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  test("another organization's connection is as absent as none", async () => {
    const { id } = await connect();
    const absent = newId();
    const requests = (there: string) => [
      stranger.get(at(there)),
      stranger.patch(at(there), { friendlyName: 'mine' }),
      stranger.post(at(there, '/verify')),
      stranger.post(at(there, '/rotate-token'), { authToken: 'f'.repeat(32) }),
      stranger.post(at(there, '/rotate-verify-token')),
      stranger.delete(at(there, '/previous-credentials')),
      stranger.delete(at(there)),
    ];
    const foreign = await Promise.all(requests(id));
    const none = await Promise.all(requests(absent));
    expect(foreign.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404]);
    expect(foreign.map(({ body }) => withoutRequestId(body))).toEqual(
      none.map(({ body }) => withoutRequestId(body)),
    );
    const { body } = await stranger.get(connections).expect(200);
    expect(JSON.stringify(body)).not.toContain(id);
    expect(await stored(id)).toMatchObject({ friendly_name: 'Front desk' });
  });

  test('an id that is none is a 404', async () => {
    await owner.get(at('not-an-id')).expect(404);
  });
});

describe('who may', () => {
  let id: string;
  beforeAll(async () => {
    id = (await connect()).id;
  });

  const writes = (caller: Caller) => [
    caller.post(connections, aTwilioNumber(simulator)),
    caller.patch(at(id), { friendlyName: 'changed' }),
    caller.post(at(id, '/verify')),
    caller.post(at(id, '/rotate-token'), { authToken: 'f'.repeat(32) }),
    caller.post(at(id, '/rotate-verify-token')),
    caller.delete(at(id, '/previous-credentials')),
    caller.delete(at(id)),
  ];

  test.each(['agent', 'viewer'] as const)('role %s sees connections and changes none', async (role) => {
    const member = as(app, (await aMember(app, clinic.orgId, role)).token);
    expect((await member.get(at(id)).expect(200)).body.address).toBeDefined();
    await member.get(connections).expect(200);
    for (const write of writes(member)) await write.expect(403);
  });

  test('an admin manages them', async () => {
    const admin = as(app, (await aMember(app, clinic.orgId, 'admin')).token);
    const { body } = await admin.post(connections, aTwilioNumber(simulator)).expect(201);
    await admin.post(at(body.id, '/verify')).expect(200);
    await admin.delete(at(body.id)).expect(204);
  });

  test('a key reads or manages as its scopes say', async () => {
    const reader = as(app, await anApiKey(app, clinic.orgId, ['connections.read']));
    await reader.get(at(id)).expect(200);
    for (const write of writes(reader)) await write.expect(403);
    const manager = as(app, await anApiKey(app, clinic.orgId, ['connections.manage']));
    await manager.get(at(id)).expect(403);
    await manager.post(at(id, '/verify')).expect(200);
  });

  test('nobody without a credential', async () => {
    await app.http().get(`/api/v1${connections}`).expect(401);
    await app.http().post(`/api/v1${connections}`).send(aTwilioNumber(simulator)).expect(401);
  });
});

describe('changing', () => {
  test('renames, switches off and on', async () => {
    const { id } = await connect();
    expect((await owner.patch(at(id), { friendlyName: 'Reception' }).expect(200)).body).toMatchObject({
      friendlyName: 'Reception',
      isActive: true,
    });
    expect((await owner.patch(at(id), { isActive: false }).expect(200)).body).toMatchObject({
      friendlyName: 'Reception',
      isActive: false,
    });
    expect((await owner.patch(at(id), { isActive: true }).expect(200)).body.isActive).toBe(true);
  });

  test.each([{ address: '+14155238886' }, { isActive: 'no' }, { friendlyName: '' }, { routing: 'shared' }])(
    'nothing else can be changed: %o',
    async (change) => {
      const { id } = await connect();
      const before = await stored(id);
      await owner.patch(at(id), change).expect(422);
      expect(await stored(id)).toEqual(before);
    },
  );
});

describe('verifying again', () => {
  test('notes when the credentials were right', async () => {
    const { id } = await connect();
    await app.db.query("UPDATE channel_connections SET last_verified_at = '2020-01-01Z' WHERE id = $1", [id]);
    const { body } = await owner.post(at(id, '/verify')).expect(200);
    expect(Date.now() - Date.parse(body.lastVerifiedAt)).toBeLessThan(60_000);
  });

  test('tells when they are wrong now, and changes nothing', async () => {
    const { id, number } = await connect();
    simulator.rotateToken(number.accountSid);
    const before = await stored(id);
    const { body } = await owner.post(at(id, '/verify')).expect(422);
    expect(body.code).toBe('credentials_rejected');
    expect(await stored(id)).toEqual(before);
  });

  test('tells when Twilio is away, and changes nothing', async () => {
    const { id } = await connect();
    const before = await stored(id);
    line.trouble = 'down';
    await owner.post(at(id, '/verify')).expect(503);
    expect(await stored(id)).toEqual(before);
  });
});

describe('rotating the token', () => {
  test('takes the new one once Twilio accepted it', async () => {
    const { id, number } = await connect();
    const before = await stored(id);
    const { authToken } = simulator.rotateToken(number.accountSid);
    await owner.post(at(id, '/rotate-token'), { authToken }).expect(200);
    expect((await stored(id))?.['credentials']).not.toBe(before?.['credentials']);
    await owner.post(at(id, '/verify')).expect(200);
  });

  test('keeps the old one when the new one is wrong', async () => {
    const { id } = await connect();
    const before = await stored(id);
    const { body } = await owner.post(at(id, '/rotate-token'), { authToken: 'f'.repeat(32) }).expect(422);
    expect(body.code).toBe('credentials_rejected');
    expect(await stored(id)).toEqual(before);
    await owner.post(at(id, '/verify')).expect(200);
  });

  test("refuses what is no secret of the number's provider: nothing would be replaced by it", async () => {
    const { id } = await connect();
    const before = await stored(id);
    const { body } = await owner
      .post(at(id, '/rotate-token'), { accessToken: 'EAA-of-another-provider', appSecret: '1'.repeat(32) })
      .expect(422);
    expect(body).toMatchObject({
      code: 'secrets_of_other_provider',
      errors: [{ field: 'accessToken' }, { field: 'appSecret' }],
    });
    expect(await stored(id)).toEqual(before);
  });

  test("another account's token is not taken", async () => {
    const { id } = await connect();
    const { authToken } = simulator.addAccount();
    await owner.post(at(id, '/rotate-token'), { authToken }).expect(422);
  });
});

describe('sending over a connection', () => {
  let customers = 1_000_000;
  const channels = () => app.nest.get(Channels);
  const send = (
    connectionId: Uuid,
    scope: OrgScope = systemScope(clinic.orgId),
    to = `+49151${++customers}`,
  ) => {
    const messageId = newId();
    const outcome = channels()
      .sender(scope, connectionId)
      .then((sender) => sender({ messageId, to, ...HELLO }));
    return { messageId, to, outcome };
  };

  test('uses its own credentials and tells Twilio where to report', async () => {
    const { id, number, webhookUrl } = await connect();
    const { messageId, to, outcome } = send(id);
    expect((await outcome).kind).toBe('accepted');
    expect(simulator.messages({ to: `whatsapp:${to}` })).toMatchObject([
      {
        accountSid: number.accountSid,
        from: `whatsapp:${number.address}`,
        statusCallback: `${webhookUrl}?message=${messageId}`,
      },
    ]);
    const since = new Date(0);
    const found = await channels().listSent(systemScope(clinic.orgId), { connectionId: id, to, since });
    expect(found).toMatchObject([{ body: 'Hello' }]);
  });

  test('is refused when it is switched off, removed, or of another organization', async () => {
    const refused = { kind: 'refused', code: 'connection_inactive' };
    const { id } = await connect();
    const foreign = send(id, systemScope(salon.orgId));
    expect(await foreign.outcome).toEqual(refused);
    await owner.patch(at(id), { isActive: false }).expect(200);
    const off = send(id);
    expect(await off.outcome).toEqual(refused);
    await owner.delete(at(id)).expect(204);
    expect(await send(id).outcome).toEqual(refused);
    expect(simulator.messages({ to: `whatsapp:${off.to}` })).toEqual([]);
    expect(simulator.messages({ to: `whatsapp:${foreign.to}` })).toEqual([]);
  });

  test('never happens inside a transaction', async () => {
    const { id } = await connect();
    const inside = app.database.runInOrg(systemScope(clinic.orgId), async () => {
      await app.database.tx.query('SELECT 1');
      return send(id).outcome;
    });
    await expect(inside).rejects.toThrow('inside a transaction');
  });

  test('the trail tells of it once a minute', async () => {
    const { id } = await connect();
    await Promise.all(Array.from({ length: 5 }, () => send(id).outcome));
    await send(id).outcome;
    expect((await uses(id)).map(({ purpose }) => purpose)).toEqual(['connect', 'send']);
  });

  test('its summary is all that others see', async () => {
    const { id, number } = await connect();
    const see = (orgId: Uuid) => app.database.runInOrg(systemScope(orgId), () => channels().connection(id));
    expect(await see(clinic.orgId)).toEqual({
      id,
      channel: 'whatsapp',
      provider: 'twilio',
      accountId: number.accountSid,
      numberId: null,
      address: number.address,
      friendlyName: 'Front desk',
      isActive: true,
      routing: 'dedicated',
    });
    expect(await see(salon.orgId)).toBeUndefined();
  });
});

describe('the trail', () => {
  test('tells every use of a credential, and who', async () => {
    const { id, number } = await connect();
    await owner.post(at(id, '/verify')).expect(200);
    await owner.post(at(id, '/verify')).expect(200);
    const { authToken } = simulator.rotateToken(number.accountSid);
    await owner.post(at(id, '/verify')).expect(422);
    await owner.post(at(id, '/rotate-token'), { authToken }).expect(200);
    const told = await uses(id);
    expect(told.map(({ purpose }) => purpose)).toEqual(['connect', 'verify', 'verify', 'verify', 'rotate']);
    for (const use of told)
      expect(use).toMatchObject({ actor: clinic.ownerId, actor_type: 'user', org_id: clinic.orgId });
    expect(new Set(told.map(({ request_id }) => request_id)).size).toBe(5);
  });

  test('tells that a credential changed, and never what it is', async () => {
    const { id, number } = await connect();
    const { authToken } = simulator.rotateToken(number.accountSid);
    await owner.post(at(id, '/rotate-token'), { authToken }).expect(200);
    await owner.delete(at(id)).expect(204);
    const rows = await app.db.query<{ operation: string; old_values: object; new_values: object }>(
      "SELECT operation, old_values, new_values FROM audit_logs WHERE record_id = $1 AND table_name = 'channel_connections' AND operation <> 'USE' ORDER BY created_at",
      [id],
    );
    expect(rows.map(({ operation }) => operation)).toEqual(['INSERT', 'UPDATE', 'DELETE']);
    const hidden = { credentials: '[hidden]' };
    expect(rows[0]?.new_values).toMatchObject({ ...hidden, webhook_verify_token: '[hidden]' });
    expect(rows[1]).toMatchObject({ old_values: hidden, new_values: hidden });
    expect(rows[2]?.old_values).toMatchObject(hidden);
  });
});

describe('credentials', () => {
  /** Every row of every table of the database, as text. */
  async function everything(): Promise<string> {
    const tables = await app.db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')`,
    );
    const texts: string[] = [];
    for (const { name } of tables)
      for (const { text } of await app.db.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`))
        texts.push(text);
    return texts.join('\n');
  }

  test('are in no answer, log line or row', async () => {
    const { id, number } = await connect();
    const wrong = 'wrong-token-0123456789abcdef';
    const answers: string[] = [];
    const keep = (response: { text: string }) => answers.push(response.text);
    keep(await owner.get(at(id)));
    keep(await owner.get(connections));
    keep(await owner.patch(at(id), { friendlyName: 'x' }));
    keep(await owner.post(at(id, '/verify')));
    keep(await owner.post(connections, number).expect(409));
    keep(await owner.post(connections, { ...number, authToken: wrong }).expect(422));
    keep(await owner.post(at(id, '/rotate-token'), { authToken: wrong }).expect(422));
    line.trouble = 'down';
    keep(await owner.post(connections, { ...number, authToken: wrong }).expect(503));
    line.trouble = 'none';
    const { authToken } = simulator.rotateToken(number.accountSid);
    keep(await owner.post(at(id, '/rotate-token'), { authToken }).expect(200));
    const verifyToken = String((await stored(id))?.['webhook_verify_token']);

    const said = answers.join('\n') + app.logs.join('');
    const rows = await everything();
    expect(rows).toContain(number.address);
    expect(said.length).toBeGreaterThan(1000);
    for (const token of [number.authToken, authToken, wrong]) {
      const encoded = Buffer.from(`${number.accountSid}:${token}`).toString('base64');
      for (const secret of [token, encoded]) {
        expect(said).not.toContain(secret);
        expect(rows).not.toContain(secret);
      }
    }
    expect(said).not.toContain(verifyToken);
    expect(said).not.toMatch(/"v1\.|credentials":/);
    expect(app.logs.join('')).not.toContain(number.address.slice(1));
  });

  test('cannot be read by requests', async () => {
    await connect();
    const scope: OrgScope = { ...systemScope(clinic.orgId), pool: 'app' };
    for (const column of [
      'credentials',
      'credentials_key_id',
      'previous_credentials',
      'webhook_verify_token',
    ])
      await expect(
        app.database.runInOrg(scope, () =>
          app.database.tx.query(`SELECT ${column} FROM channel_connections`),
        ),
      ).rejects.toThrow('permission denied');
  });

  test.each([
    ['row of the same organization', () => clinic],
    ['organization', () => salon],
  ])('do not open in another %s', async (_name, home) => {
    const { id } = await connect();
    const thief = await aConnection(app, simulator, home().ownerToken);
    await app.db.query(
      `UPDATE channel_connections t SET credentials = s.credentials FROM channel_connections s WHERE t.id = $1 AND s.id = $2`,
      [thief.id, id],
    );
    const text = { messageId: newId(), to: '+4915112345678', ...HELLO };
    // Nothing was sent, and that is known: it must not look like a send whose answer was lost.
    const send = await app.nest.get(Channels).sender(systemScope(home().orgId), thief.id);
    await expect(send(text)).resolves.toEqual({
      kind: 'refused',
      code: 'credentials_rejected',
    });
    expect(simulator.messages({ to: 'whatsapp:+4915112345678' })).toEqual([]);
    const { body } = await as(app, home().ownerToken).post(at(thief.id, '/verify')).expect(422);
    expect(body.code).toBe('credentials_rejected');
  });
});

describe('removing', () => {
  test('takes the credentials along and leaves the conversations', async () => {
    const { id, number } = await connect();
    const [contact, conversation] = [newId(), newId()];
    await app.db.query(
      "INSERT INTO contacts (org_id, id, name, phone) VALUES ($1, $2, 'Dana', '+4915112345678')",
      [clinic.orgId, contact],
    );
    await app.db.query(
      "INSERT INTO conversations (org_id, id, contact_id, contact_address, connection_id, last_message_at) VALUES ($1, $2, $3, '+4915112345678', $4, now())",
      [clinic.orgId, conversation, contact, id],
    );
    await owner.delete(at(id)).expect(204);
    await owner.get(at(id)).expect(404);
    await owner.delete(at(id)).expect(404);
    expect(await count(number.address)).toBe(0);
    const rows = await app.db.query('SELECT connection_id FROM conversations WHERE id = $1', [conversation]);
    expect(rows).toEqual([{ connection_id: null }]);
  });
});
