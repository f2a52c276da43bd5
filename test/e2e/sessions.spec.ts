import { Tenancy } from '../../src/modules/tenancy';
import {
  anOrganization,
  as,
  mailsTo,
  PASSWORD,
  testApp,
  type TestApp,
  type TestOrganization,
} from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

const NEXT = 'another long password';
let clinic: TestOrganization;
let email: string;
let count = 0;

beforeEach(async () => {
  clinic = await anOrganization(app);
  email = `sam-${++count}@example.test`;
  await app.nest.get(Tenancy).addMember(clinic.orgId, {
    email,
    password: PASSWORD,
    firstName: 'Sam',
    lastName: 'Session',
    role: 'agent',
  });
});

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const attempt = (password = PASSWORD, device = 'Firefox') =>
  app.http().post('/api/v1/auth/sign-in').set('user-agent', device).send({ email, password });
const signIn = async (device?: string): Promise<Session> =>
  (await attempt(PASSWORD, device).expect(200)).body;
const me = ({ accessToken }: Session) => as(app, accessToken);
const refresh = ({ refreshToken }: Session) => app.http().post('/api/v1/auth/refresh').send({ refreshToken });
const list = async (session: Session) => (await me(session).get('/auth/sessions').expect(200)).body;
const events = (type: string) =>
  app.db.query('SELECT record_id, actor, new_values FROM audit_logs WHERE org_id = $1 AND event_type = $2', [
    clinic.orgId,
    type,
  ]);

describe('my sessions', () => {
  it('are listed, newest first, with where they are, page by page', async () => {
    const phone = await signIn('Phone');
    const laptop = await signIn('Laptop');
    const { items } = await list(laptop);
    expect(items).toEqual([
      {
        id: expect.any(String),
        isCurrent: true,
        userAgent: 'Laptop',
        ipAddress: '127.0.0.1',
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
        expiresAt: expect.any(String),
      },
      expect.objectContaining({ isCurrent: false, userAgent: 'Phone' }),
    ]);
    const { body: first } = await me(phone).get('/auth/sessions?limit=1').expect(200);
    const { body: second } = await me(phone)
      .get(`/auth/sessions?limit=1&cursor=${first.nextCursor}`)
      .expect(200);
    expect([first, second].map((page) => page.items[0].userAgent)).toEqual(['Laptop', 'Phone']);
    expect(second.nextCursor).toBeNull();
    // Nobody else's cursor.
    await as(app, clinic.ownerToken).get(`/auth/sessions?cursor=${first.nextCursor}`).expect(400);
  });

  it('are mine: nobody else sees or ends them', async () => {
    const session = await signIn();
    const { items } = await list(session);
    const stranger = as(app, clinic.ownerToken);
    expect((await stranger.get('/auth/sessions').expect(200)).body.items).toHaveLength(1);
    expect((await stranger.delete(`/auth/sessions/${items[0].id}`).expect(404)).body).toMatchObject({
      code: 'session_not_found',
    });
    await me(session).get('/me').expect(200);
  });

  it('end one by one, at once, and for good', async () => {
    const [phone, laptop] = [await signIn('Phone'), await signIn('Laptop')];
    const { items } = await list(laptop);
    const { id } = items.find(({ userAgent }: { userAgent: string }) => userAgent === 'Phone');
    await me(phone).get('/me').expect(200);
    await me(laptop).delete(`/auth/sessions/${id}`).expect(204);
    await me(phone).get('/me').expect(401);
    await refresh(phone).expect(401);
    await me(laptop).delete(`/auth/sessions/${id}`).expect(404);
    expect((await list(laptop)).items).toHaveLength(1);
    expect(await events('tenancy.session-revoked')).toEqual([expect.objectContaining({ record_id: id })]);
  });

  it('end all together, this one included', async () => {
    const sessions = [await signIn(), await signIn(), await signIn()];
    for (const session of sessions) await me(session).get('/me').expect(200);
    await me(sessions[0]!).post('/auth/sign-out-everywhere').expect(204);
    for (const session of sessions) {
      await me(session).get('/me').expect(401);
      await refresh(session).expect(401);
    }
    await as(app, clinic.ownerToken).get('/me').expect(200);
    expect(await events('tenancy.sign-out-everywhere')).toHaveLength(1);
  });

  it('end on another instance within a second', async () => {
    const other = await testApp({ db: app.db });
    try {
      const session = await signIn();
      await as(other, session.accessToken).get('/me').expect(200);
      await me(session).post('/auth/sign-out-everywhere').expect(204);
      const ended = performance.now();
      for (;;) {
        const asked = performance.now();
        const { status } = await as(other, session.accessToken).get('/me');
        if (status === 401) break;
        expect(asked - ended).toBeLessThan(1000);
      }
    } finally {
      await other.stop();
    }
  });
});

describe('my password', () => {
  const change = (session: Session, currentPassword: string, newPassword = NEXT) =>
    me(session).post('/auth/password', { currentPassword, newPassword });

  it('changes, ends every other session, and a mail tells of it', async () => {
    const [other, mine] = [await signIn(), await signIn()];
    await me(other).get('/me').expect(200);
    await change(mine, PASSWORD).expect(204);
    await me(mine).get('/me').expect(200);
    await refresh(mine).expect(200);
    await me(other).get('/me').expect(401);
    await refresh(other).expect(401);
    await attempt(PASSWORD).expect(401);
    await attempt(NEXT).expect(200);
    const mails = await mailsTo(app, email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Your Frontdesk password was changed']);
    expect(await events('tenancy.password-changed')).toEqual([
      expect.objectContaining({ new_values: { way: 'password' } }),
    ]);
    expect(app.logs.join('')).not.toMatch(new RegExp(`${NEXT}|${PASSWORD}|${email}`));
  });

  it('takes the present one, which cannot be guessed by a stolen session', async () => {
    const session = await signIn();
    const { body } = await change(session, 'not this one').expect(422);
    expect(body).toMatchObject({ code: 'wrong_password', errors: [{ field: 'currentPassword' }] });
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await change(session, `guess number ${i}`)).status);
    expect(statuses.at(-1)).toBe(429);
    await me(session).get('/me').expect(200);
    expect(await mailsTo(app, email)).toEqual([]);
  });

  it.each(['short', 'x'.repeat(201), null, 12])('is not %j', async (newPassword) => {
    const session = await signIn();
    await me(session).post('/auth/password', { currentPassword: PASSWORD, newPassword }).expect(422);
    await attempt(PASSWORD).expect(200);
  });
});
