import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUuid, systemScope } from '../../src/common/context';
import { Tenancy } from '../../src/modules/tenancy';
import { MembershipsRepository } from '../../src/modules/tenancy/db/memberships.repository';
import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  mailsTo,
  PASSWORD,
  testApp,
  tokenTo,
  type Caller,
  type TestApp,
  type TestOrganization,
} from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

let clinic: TestOrganization;
let count = 0;
beforeEach(async () => {
  clinic = await anOrganization(app);
});

const owner = () => as(app, clinic.ownerToken);
const newAddress = () => `noor-${++count}@example.test`;
const NAMES = { firstName: 'Noor', lastName: 'Neumann' };
const NEW = { ...NAMES, password: 'a password of her own' };

async function invited(email = newAddress(), role = 'agent', by = owner()) {
  const { body } = await by.post('/invitations', { email, role }).expect(201);
  return { id: String(body.id), email, token: await tokenTo(app, email), version: 1 };
}

let invitedBy: Caller;
let waiting: string;
const AN_AGENT = { email: 'agent@example.test', role: 'agent' };

const accept = (token: string, more: object = NEW) =>
  app
    .http()
    .post('/api/v1/invitations/accept')
    .send({ token, ...more });
const signIn = (email: string, password: string) =>
  app.http().post('/api/v1/auth/sign-in').send({ email, password });
const members = (email: string, { orgId } = clinic) =>
  app.db.query(
    'SELECT m.role FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND u.email = $2',
    [orgId, email],
  );

describe('an invitation', () => {
  it('is mailed with a token that no table, payload, log or answer holds', async () => {
    const email = newAddress();
    const { body } = await owner()
      .post('/invitations', { email: ` ${email.toUpperCase()}`, role: 'agent' })
      .expect(201);
    expect(body).toEqual({
      id: expect.any(String),
      email,
      role: 'agent',
      state: 'open',
      invitedBy: clinic.ownerId,
      mailState: 'waiting',
      mailedAt: null,
      expiresAt: expect.any(String),
      acceptedAt: null,
      createdAt: expect.any(String),
      version: 1,
    });
    const days = (Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 86_400_000;
    expect(days).toBeCloseTo(7, 1);
    const [mail] = await mailsTo(app, email);
    expect(mail?.subject).toMatch(/^Invitation to Organization \d+$/);
    expect(mail?.text).toMatch(/Olga Owner invites you to join Organization \d+ on Frontdesk as agent/);
    expect(mail?.text).toContain('POST /api/v1/invitations/accept');
    expect(mail?.html).toContain(`${app.url}/docs`);
    const token = await tokenTo(app, email);
    expect(mail?.html).toContain(token);
    const secret = token.slice(-40);
    const dump = await app.db.query<{ text: string }>(
      `SELECT (SELECT json_agg(i)::text FROM invitations i) || (SELECT json_agg(a)::text FROM audit_logs a)
         || COALESCE((SELECT json_agg(j)::text FROM graphile_worker._private_jobs j), '') AS text`,
    );
    expect(dump[0]?.text).toContain(email);
    expect(dump[0]?.text).not.toContain(secret);
    expect(app.logs.join('')).not.toContain(secret);
    expect(app.logs.join('')).not.toContain(email);
    expect((await owner().get('/audit-logs?limit=200').expect(200)).text).not.toContain(email);
    const { body: list } = await owner().get('/invitations').expect(200);
    expect(list.items).toMatchObject([{ id: body.id, mailState: 'sent', mailedAt: expect.any(String) }]);
    expect(JSON.stringify(list)).not.toContain('oken');
  });

  it('makes someone new a member and signs them in, once', async () => {
    const { email, token } = await invited();
    const { body: preview } = await app
      .http()
      .post('/api/v1/invitations/preview')
      .send({ token })
      .expect(200);
    expect(preview).toMatchObject({
      email,
      role: 'agent',
      isUser: false,
      organizationName: expect.any(String),
    });
    const { body } = await accept(token).expect(200);
    expect(body).toMatchObject({
      role: 'agent',
      user: { email, ...NAMES },
      organization: { id: clinic.orgId },
    });
    await as(app, body.accessToken).get('/me').expect(200);
    await app.http().post('/api/v1/auth/refresh').send({ refreshToken: body.refreshToken }).expect(200);
    await signIn(email, NEW.password).expect(200);
    const problem = (await accept(token).expect(404)).body;
    expect(problem).toMatchObject({ code: 'invitation_not_valid' });
    await app.http().post('/api/v1/invitations/preview').send({ token }).expect(404);
    const { body: list } = await owner().get('/invitations?status=accepted').expect(200);
    expect(list.items).toMatchObject([{ email, state: 'accepted', acceptedAt: expect.any(String) }]);
    await owner().post('/invitations', { email, role: 'viewer' }).expect(409);
    const { body: trail } = await owner().get('/audit-logs?eventType=memberships.insert').expect(200);
    expect(trail.items[0]).toMatchObject({ actor: body.user.id });
  });

  it('asks someone new for all of it, field by field, and is not used up by that', async () => {
    const { email, token } = await invited();
    const { body } = await accept(token, {}).expect(422);
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual([
      'firstName',
      'lastName',
      'password',
    ]);
    await accept(token, { ...NAMES, password: 'short' }).expect(422);
    await accept(token, { ...NEW, firstName: ' ' }).expect(422);
    expect(await members(email)).toEqual([]);
    await accept(token).expect(200);
  });

  it('accepted ten times at once makes one member', async () => {
    const { email, token } = await invited();
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await accept(token)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    for (const status of statuses) expect([200, 401, 404, 409]).toContain(status);
    expect(await members(email)).toHaveLength(1);
    expect(await app.db.query('SELECT 1 FROM users WHERE email = $1', [email])).toHaveLength(1);
  });

  it('from two organizations at once makes one person, with one of the two passwords', async () => {
    const salon = await anOrganization(app);
    const email = newAddress();
    const first = await invited(email);
    const second = await invited(email, 'viewer', as(app, salon.ownerToken));
    const answers = await Promise.all([
      accept(first.token, { ...NAMES, password: 'the first password' }),
      accept(second.token, { ...NAMES, password: 'the second password' }),
    ]);
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const passwords = await Promise.all(
      ['the first password', 'the second password'].map(
        async (password) => (await signIn(email, password)).status,
      ),
    );
    expect(passwords.sort()).toEqual([200, 401]);
  });
});

describe('someone who is a user already', () => {
  let salon: TestOrganization;
  const email = () => `known-${clinic.orgId}@example.test`;
  beforeEach(async () => {
    salon = await anOrganization(app);
    await app.nest.get(Tenancy).addMember(salon.orgId, {
      email: email(),
      password: PASSWORD,
      firstName: 'Kim',
      lastName: 'Known',
      role: 'agent',
    });
  });

  it('joins with their own password, which the token neither sets nor replaces', async () => {
    const { token } = await invited(email());
    const { body: preview } = await app
      .http()
      .post('/api/v1/invitations/preview')
      .send({ token })
      .expect(200);
    expect(preview.isUser).toBe(true);
    expect((await accept(token).expect(401)).body).toMatchObject({ code: 'wrong_credentials' });
    await accept(token, NAMES).expect(422);
    expect(await members(email())).toEqual([]);
    const { body } = await accept(token, { firstName: 'Other', lastName: 'Name', password: PASSWORD }).expect(
      200,
    );
    expect(body.user).toMatchObject({ firstName: 'Kim', lastName: 'Known' });
    expect(body.organization.id).toBe(clinic.orgId);
    await signIn(email(), PASSWORD).expect(200);
    await signIn(email(), NEW.password).expect(401);
  });

  it('joins while signed in, by an invitation to that very address', async () => {
    const { token } = await invited(email());
    const { body: session } = await signIn(email(), PASSWORD).expect(200);
    const mine = as(app, session.accessToken);
    const stranger = as(app, (await aMember(app, salon.orgId, 'agent')).token);
    expect((await stranger.post('/me/organizations', { token }).expect(404)).body).toMatchObject({
      code: 'invitation_not_valid',
    });
    const { body } = await mine.post('/me/organizations', { token }).expect(201);
    expect(body).toMatchObject({ id: clinic.orgId, role: 'agent', isCurrent: false });
    await mine.post('/me/organizations', { token }).expect(404);
    await mine.post('/auth/switch-organization', { organizationId: clinic.orgId }).expect(200);
    expect((await mine.get('/me/organizations').expect(200)).body).toHaveLength(2);
  });

  it('who is switched off does not get in by a token', async () => {
    const { token } = await invited(email());
    await app.db.query(`UPDATE users SET status = 'disabled' WHERE email = $1`, [email()]);
    await accept(token, { password: PASSWORD }).expect(401);
    expect(await members(email())).toEqual([]);
  });

  it('cannot have their password guessed through a token', async () => {
    const { token } = await invited(email());
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++)
      statuses.push((await accept(token, { password: `guess number ${i}` })).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('a token that opens nothing', () => {
  const words = async (token: string) => {
    const { body } = await accept(token).expect(404);
    const { code, detail, title } = body;
    return { code, detail, title };
  };

  it('is answered the same, whatever is wrong with it', async () => {
    const used = await invited();
    await accept(used.token).expect(200);
    const revoked = await invited();
    await owner().delete(`/invitations/${revoked.id}`).expect(204);
    await owner().delete(`/invitations/${revoked.id}`).expect(204);
    const expired = await invited();
    await app.db.query(`UPDATE invitations SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      expired.id,
    ]);
    const other = await invited();
    const salon = await anOrganization(app);
    const foreign = await invited(newAddress(), 'agent', as(app, salon.ownerToken));
    const { length } = other.token;
    // The ids of one, the secret of another; and one whose organization was exchanged.
    const crossed = other.token.slice(0, -44) + foreign.token.slice(-44);
    const swapped = foreign.token.slice(0, 24) + other.token.slice(24);
    const flipped = other.token.slice(0, -2) + (other.token.endsWith('AA') ? 'BB' : 'AA');
    const all = [
      used.token,
      revoked.token,
      expired.token,
      crossed,
      swapped,
      flipped,
      'fdi_x',
      `fdi_${'A'.repeat(length - 4)}`,
    ];
    const answers = await Promise.all(all.map(words));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await members(other.email)).toEqual([]);
    await accept(other.token).expect(200);
  });

  it('and an invitation that was accepted cannot be revoked or sent again', async () => {
    const { id, token } = await invited();
    await accept(token).expect(200);
    await owner().delete(`/invitations/${id}`).expect(409);
    await owner().post(`/invitations/${id}/resend`).expect(409);
  });
});

describe('who may invite, and whom', () => {
  it('not twice while one is open; again when it expired or was revoked', async () => {
    const { id, email } = await invited();
    const again = () => owner().post('/invitations', { email, role: 'viewer' });
    expect((await again().expect(409)).body).toMatchObject({ code: 'already_invited' });
    await app.db.query(`UPDATE invitations SET expires_at = now() WHERE id = $1`, [id]);
    const { body: second } = await again().expect(201);
    await owner().delete(`/invitations/${second.id}`).expect(204);
    await again().expect(201);
    const { body: list } = await owner().get('/invitations').expect(200);
    expect(list.items.map(({ state }: { state: string }) => state)).toEqual(['open', 'revoked', 'revoked']);
  });

  it('not whoever is a member here; one of elsewhere, yes, and nobody learns that they are', async () => {
    const { body: me } = await owner().get('/me').expect(200);
    const salon = await anOrganization(app);
    const attempt = (token: string) =>
      as(app, token).post('/invitations', { email: me.user.email, role: 'agent' });
    expect((await attempt(clinic.ownerToken).expect(409)).body).toMatchObject({ code: 'already_member' });
    await attempt(salon.ownerToken).expect(201);
  });

  it('by an API key with the right, in nobody’s name', async () => {
    const key = as(app, await anApiKey(app, clinic.orgId, ['members.manage']));
    const { email } = await invited(newAddress(), 'viewer', key);
    expect((await mailsTo(app, email)).at(-1)?.text).toMatch(/^You are invited to join/);
  });

  it.each([
    { email: 'nobody', role: 'agent' },
    { email: 'a@example.test\r\nBcc: b@example.test', role: 'agent' },
    { email: 'a@example.test, b@example.test', role: 'agent' },
    { email: 'a@example.test', role: 'king' },
    { role: 'agent' },
  ])('not by %j', async (body) => {
    await owner().post('/invitations', body).expect(422);
    expect((await owner().get('/invitations').expect(200)).body.items).toEqual([]);
  });

  it('one effect a key, however often', async () => {
    const email = newAddress();
    const send = () => owner().post('/invitations', { email, role: 'agent' }).set('idempotency-key', 'one');
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const { body } = await send().expect(201);
    for (const answer of answers.filter(({ status }) => status === 201)) expect(answer.body).toEqual(body);
    expect(await mailsTo(app, email)).toHaveLength(1);
  });

  it('is each organization’s own: another one’s is not found', async () => {
    const salon = as(app, (await anOrganization(app)).ownerToken);
    const { id } = await invited();
    await salon.delete(`/invitations/${id}`).expect(404);
    await salon.post(`/invitations/${id}/resend`).expect(404);
    expect((await salon.get('/invitations').expect(200)).body.items).toEqual([]);
  });
});

describe('how many mails', () => {
  const asked = (count: number, ago: string) =>
    app.db.query(
      `INSERT INTO invitations (org_id, id, email, role, expires_at, revoked_at, mails_asked_at)
       VALUES ($1, new_uuid_v7(), 'many@example.test', 'agent', now(), now(), array_fill(now() - $3::interval, ARRAY[$2::int]))`,
      [clinic.orgId, count, ago],
    );
  const invite = (email = newAddress()) => owner().post('/invitations', { email, role: 'agent' });
  const refused = async (answer: ReturnType<typeof invite>) => {
    const { body, headers } = await answer.expect(429);
    expect(body.code).toBe('too_many_invitations');
    expect(Number(headers['retry-after'])).toBeGreaterThan(60);
  };

  it('one address gets by one organization is bounded: three an hour, sent again or anew', async () => {
    const { id, email } = await invited();
    const age = () =>
      app.db.query(`UPDATE invitations SET mailed_at = now() - interval '2 minutes' WHERE id = $1`, [id]);
    await age();
    await owner().post(`/invitations/${id}/resend`).expect(202);
    await app.settled();
    await age();
    await owner().delete(`/invitations/${id}`).expect(204);
    const { body: third } = await invite(email).expect(201);
    expect(await mailsTo(app, email)).toHaveLength(3);
    await app.db.query(`UPDATE invitations SET mailed_at = NULL WHERE id = $1`, [third.id]);
    await refused(owner().post(`/invitations/${third.id}/resend`));
    await owner().delete(`/invitations/${third.id}`).expect(204);
    await refused(invite(email));
    expect(await mailsTo(app, email)).toHaveLength(3);
    await invite().expect(201);
    const salon = await anOrganization(app);
    await invited(email, 'agent', as(app, salon.ownerToken));
    await app.db.query(
      `UPDATE invitations SET mails_asked_at = ARRAY[now() - interval '61 minutes'] WHERE email = $1`,
      [email],
    );
    await invite(email).expect(201);
  });

  it('an organization sends is bounded: fifty an hour', async () => {
    await asked(49, '59 minutes');
    await invite().expect(201);
    await refused(invite());
  });

  it('an organization sends is bounded: two hundred a day', async () => {
    await asked(199, '23 hours');
    await asked(50, '25 hours');
    await invite().expect(201);
    await refused(invite());
  });

  it('is counted once for each, however many are asked for at once', async () => {
    await asked(47, '1 minute');
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await invite()).status));
    expect(answers.sort()).toEqual([...Array<number>(3).fill(201), ...Array<number>(7).fill(429)]);
  });
});

describe('an invitation to own', () => {
  it('is an owner’s to take back, as it is to send', async () => {
    const { id, email, token } = await invited(newAddress(), 'owner');
    const admin = as(app, (await aMember(app, clinic.orgId, 'admin')).token);
    const key = as(app, await anApiKey(app, clinic.orgId, ['members.manage']));
    for (const caller of [admin, key])
      expect((await caller.delete(`/invitations/${id}`).expect(403)).body.code).toBe('owners_only');
    await accept(token).expect(200);
    expect(await members(email)).toEqual([{ role: 'owner' }]);
    const { id: second } = await invited(newAddress(), 'owner');
    await owner().delete(`/invitations/${second}`).expect(204);
  });
});

describe('while members change', () => {
  /** Runs `request` while someone else holds the lock, makes `change` meanwhile, and returns the status. */
  async function overtaken(request: () => Promise<number>, change: () => Promise<unknown>): Promise<number> {
    const lock = app.nest.get(MembershipsRepository);
    let answer: Promise<number> | undefined;
    let answered = false;
    await app.database.runInOrg(systemScope(asUuid(clinic.orgId)), async () => {
      await lock.lock();
      answer = request().finally(() => (answered = true));
      const waits = async () =>
        (await app.db.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).length > 0;
      while (!answered && !(await waits())) await new Promise((resolve) => setTimeout(resolve, 10));
      await change();
    });
    return answer!;
  }

  it.each([
    ['invited', async () => (await invitedBy.post('/invitations', AN_AGENT)).status],
    ['sent again', async () => (await invitedBy.post(`/invitations/${waiting}/resend`)).status],
    ['taken back', async () => (await invitedBy.delete(`/invitations/${waiting}`)).status],
  ])('nobody is %s by one who just lost the right', async (_what, request) => {
    const admin = await aMember(app, clinic.orgId, 'admin');
    invitedBy = as(app, admin.token);
    waiting = (await invited()).id;
    const demote = () =>
      app.db.query(`UPDATE memberships SET role = 'viewer' WHERE org_id = $1 AND user_id = $2`, [
        clinic.orgId,
        admin.userId,
      ]);
    expect(await overtaken(request, demote)).toBe(403);
  });

  it('nobody is invited who joins at this moment', async () => {
    const { email, token } = await invited();
    const joined = overtaken(
      async () => (await accept(token)).status,
      async () => expect(await members(email)).toEqual([]),
    );
    expect(await joined).toBe(200);
    await owner().post('/invitations', { email, role: 'agent' }).expect(409);
  });
});

describe('sending again', () => {
  it('mails another token, and the first stops working', async () => {
    const { id, email, token } = await invited();
    expect((await owner().post(`/invitations/${id}/resend`).expect(429)).body).toMatchObject({
      code: 'invited_just_now',
    });
    await app.db.query(
      `UPDATE invitations SET mailed_at = now() - interval '2 minutes', expires_at = now() WHERE id = $1`,
      [id],
    );
    const { body } = await owner().post(`/invitations/${id}/resend`).expect(202);
    expect(body).toMatchObject({ state: 'open', mailState: 'waiting' });
    const next = await tokenTo(app, email);
    expect(next).not.toBe(token);
    await accept(token).expect(404);
    await accept(next).expect(200);
  });
});

describe('names in a mail', () => {
  const HOSTILE = '<b onclick="x()">Olga</b>\r\nBcc: eve@example.test & "friends"';

  it('are text: neither markup nor a header', async () => {
    await app.db.query('UPDATE organizations SET name = $2 WHERE id = $1', [clinic.orgId, HOSTILE]);
    await app.db.query('UPDATE users SET first_name = $2 WHERE id = $1', [clinic.ownerId, HOSTILE]);
    const { email } = await invited();
    const [mail] = await mailsTo(app, email);
    expect(mail?.html).not.toMatch(/<b[ >]/);
    expect(mail?.html).toContain('&#60;b onclick=&#34;x()&#34;&#62;Olga&#60;/b&#62;');
    expect(mail?.subject).toBe('Invitation to <b onclick="x()">Olga</b> Bcc: eve@example.test & "friends"');
    expect(mail?.bcc ?? []).toEqual([]);
    expect(mail?.to).toEqual([{ name: '', address: email }]);
    const raw = readdirSync(app.mailFolder).map((file) => readFileSync(join(app.mailFolder, file), 'utf8'));
    expect(raw.filter((text) => /^bcc:/im.test(text.split('\n\n')[0]!))).toEqual([]);
  });
});

describe('with a console', () => {
  it('a mail leads there, in text and in HTML', async () => {
    const desk = await testApp({ env: { CONSOLE_URL: 'https://desk.example/app/' } });
    try {
      const email = newAddress();
      const { ownerToken } = await anOrganization(desk);
      await as(desk, ownerToken).post('/invitations', { email, role: 'agent' }).expect(201);
      const token = await tokenTo(desk, email);
      const [mail] = await mailsTo(desk, email);
      const link = `https://desk.example/app/accept-invitation#token=${token}`;
      expect(mail?.text).toContain(link);
      expect(mail?.html).toContain(`href="${link}"`);
      expect(mail?.text).not.toContain('/docs');
    } finally {
      await desk.stop();
    }
  });
});
