import { Tenancy } from '../../src/modules/tenancy';
import { RequestPasswordReset } from '../../src/modules/tenancy/app/passwords/request-password-reset.use-case';
import { Allowances } from '../../src/common/time/allowance';
import {
  anOrganization,
  as,
  mailsTo,
  PASSWORD,
  testApp,
  tokenTo,
  type TestApp,
  type TestOrganization,
} from '../support';
import { aMailServer, type MailServer } from '../support/mail-server';

let app: TestApp;
let clinic: TestOrganization;
beforeAll(async () => {
  app = await testApp();
  clinic = await anOrganization(app);
});
afterAll(() => app.stop());

const NEXT = 'another long password';
let email: string;
let count = 0;

/** Requests of all tests come from one address: each test has its allowance. */
function forgetRequests({ nest }: TestApp): void {
  const fresh = new Allowances({ size: 10, perMinute: 5 }, { size: 300, perMinute: 300 });
  Object.assign(nest.get(RequestPasswordReset), { allowances: fresh });
}

async function aPerson(at = app, { orgId } = clinic): Promise<string> {
  const address = `ray-${++count}@example.test`;
  await at.nest.get(Tenancy).addMember(orgId, {
    email: address,
    password: PASSWORD,
    firstName: 'Ray',
    lastName: 'Reset',
    role: 'agent',
  });
  return address;
}

beforeEach(async () => {
  forgetRequests(app);
  email = await aPerson();
});

const ask = (address: string, at = app) =>
  at.http().post('/api/v1/auth/password-reset').send({ email: address });
const confirm = (token: string, newPassword = NEXT) =>
  app.http().post('/api/v1/auth/password-reset/confirm').send({ token, newPassword });
const signIn = (password: string) => app.http().post('/api/v1/auth/sign-in').send({ email, password });

async function aToken(): Promise<string> {
  await ask(email).expect(202);
  return tokenTo(app, email);
}

describe('asking for a new password', () => {
  it('says the same and does the same work, whoever is asked for', async () => {
    const disabled = await aPerson();
    await app.db.query(`UPDATE users SET status = 'disabled' WHERE email = $1`, [disabled]);
    const addresses = [email, ` ${email.toUpperCase()}`, 'nobody@example.test', disabled];
    const answers: unknown[] = [];
    for (const address of addresses) {
      const { status, body, text } = await ask(address);
      answers.push({ status, body, text });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 202 });
    // A row and a job each: what comes after depends on the address, and is not waited for.
    expect(await app.db.query('SELECT 1 FROM password_resets')).toHaveLength(addresses.length);
    expect(await mailsTo(app, email)).toHaveLength(2);
    expect(await mailsTo(app, 'nobody@example.test')).toEqual([]);
    expect(await mailsTo(app, disabled)).toEqual([]);
  });

  it('mails a token that no table, log or trail holds', async () => {
    const token = await aToken();
    const [mail] = await mailsTo(app, email);
    expect(mail).toMatchObject({ subject: 'A new password for Frontdesk', to: [{ address: email }] });
    expect(mail?.text).toContain('POST /api/v1/auth/password-reset/confirm');
    expect(mail?.html).toContain(token);
    const secret = token.slice(-40);
    const [dump] = await app.db.query<{ text: string }>(
      `SELECT (SELECT json_agg(r)::text FROM password_resets r) || (SELECT json_agg(a)::text FROM audit_logs a) AS text`,
    );
    expect(dump?.text).toContain('tenancy.password-reset-requested');
    expect(dump?.text).not.toContain(secret);
    expect(dump?.text).not.toContain(email);
    expect(app.logs.join('')).not.toContain(secret);
    expect(app.logs.join('')).not.toContain(email);
  });

  it('is limited by address, and tells nothing by that either', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await ask(`nobody-${i}@example.test`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(202));
    const refused = await ask(email).expect(429);
    expect(refused.headers['retry-after']).toBeDefined();
    expect((await ask('nobody@example.test').expect(429)).body.detail).toBe(refused.body.detail);
  });

  it('fills nobody’s mailbox: five mails an hour', async () => {
    for (let i = 0; i < 8; i++) {
      forgetRequests(app);
      await ask(email).expect(202);
    }
    expect(await mailsTo(app, email)).toHaveLength(5);
  });

  it('mails no token to someone who has no password, but says how they get in', async () => {
    await app.db.query('UPDATE users SET password_hash = NULL WHERE email = $1', [email]);
    await ask(email).expect(202);
    const [mail] = await mailsTo(app, email);
    expect(mail?.text).toContain('identity provider');
    expect(mail?.text).not.toContain('fdr_');
  });

  it.each([{}, { email: 'nobody' }, { email: 'a@example.test, b@example.test' }, { email: null }])(
    'takes an address: not %j',
    async (body) => {
      await app.http().post('/api/v1/auth/password-reset').send(body).expect(422);
    },
  );
});

describe('the token', () => {
  it('sets the password once, ends every session, and a mail tells of it', async () => {
    const { body: session } = await signIn(PASSWORD).expect(200);
    await as(app, session.accessToken).get('/me').expect(200);
    const token = await aToken();
    await confirm(token).expect(204);
    await as(app, session.accessToken).get('/me').expect(401);
    await app.http().post('/api/v1/auth/refresh').send({ refreshToken: session.refreshToken }).expect(401);
    await signIn(PASSWORD).expect(401);
    await signIn(NEXT).expect(200);
    await confirm(token, 'yet another password').expect(404);
    await signIn(NEXT).expect(200);
    expect((await mailsTo(app, email)).map(({ subject }) => subject)).toEqual([
      'A new password for Frontdesk',
      'Your Frontdesk password was changed',
    ]);
    const trail = await app.db.query(
      `SELECT a.new_values FROM audit_logs a JOIN users u ON u.id = a.record_id
       WHERE u.email = $1 AND event_type = 'tenancy.password-changed'`,
      [email],
    );
    expect(trail).toEqual([{ new_values: { way: 'reset' } }]);
  });

  it('used ten times at once sets one password', async () => {
    const token = await aToken();
    const passwords = Array.from({ length: 10 }, (_, i) => `password number ${i}`);
    const statuses = await Promise.all(
      passwords.map(async (password) => (await confirm(token, password)).status),
    );
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    await signIn(passwords[statuses.indexOf(204)]!).expect(200);
  });

  it('makes every other open one useless', async () => {
    const first = await aToken();
    const second = await aToken();
    expect(second).not.toBe(first);
    await confirm(second).expect(204);
    await confirm(first, 'a thief’s password').expect(404);
    await signIn(NEXT).expect(200);
  });

  it('is useless too once the password was changed by its owner', async () => {
    const token = await aToken();
    const { body } = await signIn(PASSWORD).expect(200);
    await as(app, body.accessToken)
      .post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT })
      .expect(204);
    await confirm(token, 'a thief’s password').expect(404);
    await signIn(NEXT).expect(200);
  });

  it('that opens nothing is answered the same, whatever is wrong with it', async () => {
    const expired = await aToken();
    await app.db.query('UPDATE password_resets SET expires_at = now()');
    const other = await aPerson();
    await ask(other).expect(202);
    const foreign = await tokenTo(app, other);
    const crossed = expired.slice(0, 26) + foreign.slice(26);
    const invitation = `fdi_${foreign.slice(4)}`;
    const answers = await Promise.all(
      [expired, crossed, invitation, 'fdr_x', `fdr_${'A'.repeat(64)}`].map(async (token) => {
        const { code, detail } = (await confirm(token).expect(404)).body;
        return `${code}: ${detail}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    await signIn(PASSWORD).expect(200);
  });

  it('works for an hour', async () => {
    await aToken();
    const [row] = await app.db.query<{ minutes: number }>(
      `SELECT extract(epoch FROM max(expires_at) - now())::int / 60 AS minutes FROM password_resets`,
    );
    expect(row?.minutes).toBeGreaterThanOrEqual(58);
    expect(row?.minutes).toBeLessThanOrEqual(60);
  });

  it('of somebody who was switched off meanwhile opens nothing', async () => {
    const token = await aToken();
    await app.db.query(`UPDATE users SET status = 'disabled' WHERE email = $1`, [email]);
    await confirm(token).expect(404);
  });

  it('is not used up by a password that will not do', async () => {
    const token = await aToken();
    await confirm(token, 'short').expect(422);
    await confirm(token, 'x'.repeat(201)).expect(422);
    await confirm(token).expect(204);
  });
});

describe('a mail server that has its moods', () => {
  let server: MailServer;
  let desk: TestApp;
  let there: TestOrganization;
  beforeAll(async () => {
    server = await aMailServer();
    desk = await testApp({
      env: { SMTP_URL: `smtp://${server.address}`, MAIL_FROM: 'desk@example.test', MAIL_DIR: '' },
    });
    there = await anOrganization(desk);
  });
  afterAll(async () => {
    await desk.stop();
    await server.stop();
  });

  /** Retries wait for seconds and minutes: they are made due. */
  async function retryNow(): Promise<void> {
    await desk.settled();
    await desk.db.query(
      `UPDATE graphile_worker._private_jobs SET run_at = now() WHERE attempts < max_attempts`,
    );
    await desk.db.query(`NOTIFY "jobs:insert"`);
    await desk.settled();
  }

  it('gets the mail once after it said no for a moment, with a token that works', async () => {
    const address = await aPerson(desk, there);
    server.refusals.push({ at: 'DATA', code: 451 }, { at: 'RCPT TO', code: 450 });
    await ask(address, desk).expect(202);
    await retryNow();
    await retryNow();
    expect(server.mails.filter(({ to }) => to?.[0]?.address === address)).toHaveLength(1);
    const token = /fdr_[\w-]+/.exec(server.mails.at(-1)?.text ?? '')?.[0];
    await desk
      .http()
      .post('/api/v1/auth/password-reset/confirm')
      .send({ token, newPassword: NEXT })
      .expect(204);
  });

  it('that refuses a recipient for good is asked once; whoever invited them sees it', async () => {
    await desk.settled();
    const before = server.connections();
    server.refusals.push({ at: 'RCPT TO', code: 550 });
    const owner = as(desk, there.ownerToken);
    await owner.post('/invitations', { email: 'gone@example.test', role: 'agent' }).expect(201);
    await retryNow();
    expect(server.connections()).toBe(before + 1);
    const { body } = await owner.get('/invitations').expect(200);
    expect(body.items).toMatchObject([
      { email: 'gone@example.test', mailState: 'refused', mailedAt: null, state: 'open' },
    ]);
    expect(await desk.db.query('SELECT 1 FROM graphile_worker._private_jobs')).toEqual([]);
    expect(desk.logs.join('')).not.toMatch(/gone@|secret words/);
  });

  it('that is down for good leaves a dead letter, which an admin sends again when it is up', async () => {
    const owner = as(desk, there.ownerToken);
    await server.stop();
    await owner.post('/invitations', { email: 'patient@example.test', role: 'agent' }).expect(201);
    await desk.settled();
    await desk.db.query(
      'UPDATE graphile_worker._private_jobs SET attempts = max_attempts - 1, run_at = now()',
    );
    await desk.db.query(`NOTIFY "jobs:insert"`);
    await desk.settled();
    const { body: dead } = await owner.get('/jobs/dead').expect(200);
    expect(dead.items).toMatchObject([
      { task: 'tenancy.send-invitation', lastError: 'MailNotSent (ESOCKET)' },
    ]);
    expect(JSON.stringify(dead)).not.toContain('patient');
    server = await aMailServer({ port: server.port });
    await owner
      .post(`/jobs/dead/${dead.items[0].id}/replay`)
      .expect((answer) => expect(answer.status).toBeLessThan(300));
    await desk.settled();
    expect(server.mails.map(({ to }) => to?.[0]?.address)).toEqual(['patient@example.test']);
  });
});
