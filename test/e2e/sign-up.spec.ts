import { Schedule } from '../../src/common/schedule';
import { anOrganization, as, mailsTo, PASSWORD, testApp, tokenTo, type TestApp } from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

let count = 0;
const CONFIRM = '/api/v1/auth/sign-up/confirm';

/** A sign-up that nobody has made yet. */
function aSignUp(change: object = {}) {
  const number = ++count;
  return {
    email: `new-${number}@sign-up.test`,
    password: 'a password of my own',
    firstName: 'Nora',
    lastName: 'New',
    organization: {
      name: `New ${number}`,
      slug: `new-${number}`,
      timezone: 'Europe/Vienna',
      defaultCountry: 'AT',
      locale: 'de-at',
    },
    ...change,
  };
}

const signUp = (body: object, at = app) => at.http().post('/api/v1/auth/sign-up').send(body);
const confirm = (token: string, more: object = {}) =>
  app
    .http()
    .post(CONFIRM)
    .send({ token, ...more });
const rowsOf = (sql: string, ...params: unknown[]) => app.db.query(sql, params);

/** Signs up and returns what the mail brought. */
async function asked(wanted = aSignUp()) {
  await signUp(wanted).expect(202);
  return { wanted, token: await tokenTo(app, wanted.email) };
}

describe('signing up', () => {
  it('makes nothing before the address is confirmed, and then an organization whose owner is signed in', async () => {
    const { wanted, token } = await asked();
    const { email, password, organization } = wanted;
    expect(await rowsOf('SELECT 1 FROM users WHERE email = $1', email)).toEqual([]);
    expect(await rowsOf('SELECT 1 FROM organizations WHERE slug = $1', organization.slug)).toEqual([]);

    const { body } = await confirm(token).expect(200);
    expect(body).toMatchObject({
      role: 'owner',
      user: { email, firstName: 'Nora', lastName: 'New' },
      organization: { name: organization.name, slug: organization.slug },
    });
    const { body: mine } = await as(app, String(body.accessToken)).get('/organization').expect(200);
    expect(mine).toMatchObject({ timezone: 'Europe/Vienna', defaultCountry: 'AT', locale: 'de-AT' });
    await app.http().post('/api/v1/auth/sign-in').send({ email, password }).expect(200);
    const events = await rowsOf(
      `SELECT event_type FROM audit_logs WHERE org_id = $1 ORDER BY event_type`,
      body.organization.id,
    );
    expect(events.map(({ event_type }) => event_type)).toEqual(
      expect.arrayContaining(['tenancy.signed-up', 'organizations.insert', 'memberships.insert']),
    );
  });

  it('keeps the hash of the token alone, and nothing of it in the queue', async () => {
    const { wanted, token } = await asked();
    const stored = JSON.stringify(
      await rowsOf('SELECT * FROM pending_sign_ups WHERE email = $1', wanted.email),
    );
    expect(stored).not.toContain(token.slice(4));
    expect(stored).not.toContain(wanted.password);
    expect(JSON.stringify(await rowsOf('SELECT payload FROM graphile_worker._private_jobs'))).not.toContain(
      wanted.email,
    );
  });

  it('answers for a known address what it answers for another, and tells its owner by mail', async () => {
    const { ownerId } = await anOrganization(app);
    const [row] = await rowsOf('SELECT email FROM users WHERE id = $1', ownerId);
    const email = String(row?.['email']);
    const known = await signUp(aSignUp({ email: email.toUpperCase() })).expect(202);
    const unknown = await signUp(aSignUp()).expect(202);
    expect(known.body).toEqual(unknown.body);
    const [mail] = (await mailsTo(app, email)).slice(-1);
    expect(mail?.text).toMatch(/belongs to an account already/);
    expect(mail?.text).not.toMatch(/fds_/);
    await app.http().post('/api/v1/auth/sign-in').send({ email, password: PASSWORD }).expect(200);
  });

  it('hashes the password and stores the wish for either address: the same work', async () => {
    const { ownerId } = await anOrganization(app);
    const [row] = await rowsOf('SELECT email FROM users WHERE id = $1', ownerId);
    for (const email of [String(row?.['email']), aSignUp().email]) {
      await signUp(aSignUp({ email })).expect(202);
      const stored = await rowsOf('SELECT password_hash FROM pending_sign_ups WHERE email = $1', email);
      expect(stored).toEqual([{ password_hash: expect.stringMatching(/^\$argon2id\$/) as unknown }]);
    }
  });

  it('sends one address three mails an hour at most, and says nothing of it', async () => {
    const { email } = aSignUp();
    for (let i = 0; i < 5; i++) await signUp(aSignUp({ email })).expect(202);
    expect(await mailsTo(app, email)).toHaveLength(3);
  });

  it.each([
    [{ email: 'nobody' }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ organization: undefined }, 'organization'],
    [{ organization: { ...aSignUp().organization, slug: 'No Slug' } }, 'organization.slug'],
    [{ organization: { ...aSignUp().organization, timezone: 'Mars' } }, 'organization.timezone'],
    [{ organization: { ...aSignUp().organization, isPlatformOwner: true } }, 'organization.isPlatformOwner'],
  ])('%j is refused by field', async (change, field) => {
    const { body } = await signUp(aSignUp(change)).expect(422);
    expect((body.errors as { field: string }[])[0]?.field).toBe(field);
  });
});

describe('a token that confirms', () => {
  it('works once', async () => {
    const { token } = await asked();
    await confirm(token).expect(200);
    expect((await confirm(token).expect(422)).body.code).toBe('sign_up_token_invalid');
  });

  it('works once for ten who bring it at the same time', async () => {
    const { wanted, token } = await asked();
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(422)]);
    expect(
      await rowsOf('SELECT 1 AS one FROM organizations WHERE slug = $1', wanted.organization.slug),
    ).toHaveLength(1);
  });

  it('does not work when it has expired, and is forgotten', async () => {
    const { wanted, token } = await asked();
    await rowsOf(
      `UPDATE pending_sign_ups SET expires_at = now() - interval '1 second' WHERE email = $1`,
      wanted.email,
    );
    expect((await confirm(token).expect(422)).body.code).toBe('sign_up_token_invalid');
    await app.nest.get(Schedule).fire('tenancy.forget-sign-ups', new Date(0));
    await app.settled();
    expect(await rowsOf('SELECT 1 FROM pending_sign_ups WHERE email = $1', wanted.email)).toEqual([]);
  });

  it('is answered like one that never was', async () => {
    const { body } = await confirm(`fds_${'A'.repeat(43)}`).expect(422);
    expect(body.code).toBe('sign_up_token_invalid');
  });

  it('stays good when the slug was taken in the meantime: another one is given with it', async () => {
    const first = aSignUp();
    const { token } = await asked(first);
    const second = aSignUp({ organization: { ...first.organization, name: 'Faster' } });
    const faster = await asked(second);
    await confirm(faster.token).expect(200);
    const { body } = await confirm(token).expect(409);
    expect(body).toMatchObject({ code: 'slug_taken', errors: [{ field: 'slug' }] });
    expect((await confirm(token, { slug: 'No Slug' }).expect(422)).body.code).toBe('organization_invalid');
    const { body: made } = await confirm(token, { slug: `${first.organization.slug}-2` }).expect(200);
    expect(made.organization).toMatchObject({ slug: `${first.organization.slug}-2` });
  });

  it('ends what else was asked for with the address', async () => {
    const first = await asked();
    const second = await asked(aSignUp({ email: first.wanted.email }));
    await confirm(second.token).expect(200);
    await confirm(first.token).expect(422);
  });
});

describe('another organization of someone who is signed in', () => {
  it('is theirs, and they go there by switching', async () => {
    const { ownerToken } = await anOrganization(app);
    const { organization } = aSignUp();
    const me = as(app, ownerToken);
    const { body, headers } = await me.post('/organizations', organization).expect(201);
    expect(body).toMatchObject({ slug: organization.slug, status: 'active', version: 1 });
    expect(headers['etag']).toBe('"1"');
    const { body: switched } = await me
      .post('/auth/switch-organization', { organizationId: body.id })
      .expect(200);
    expect(switched).toMatchObject({ role: 'owner', organization: { slug: organization.slug } });
    expect((await me.post('/organizations', organization).expect(409)).body.code).toBe('slug_taken');
    const { body: wrong } = await me.post('/organizations', { ...organization, slug: 'A B' }).expect(422);
    expect((wrong.errors as { field: string }[]).map(({ field }) => field)).toEqual(['slug']);
  });
});

describe('with SIGN_UP=closed', () => {
  it('nobody makes an organization, not even with a token from before', async () => {
    const { token } = await asked();
    const closed = await testApp({ db: app.db, env: { SIGN_UP: 'closed', ROLE: 'api' } });
    try {
      const { ownerToken } = await anOrganization(closed);
      const answers = [
        await signUp(aSignUp(), closed),
        await closed.http().post(CONFIRM).send({ token }),
        await as(closed, ownerToken).post('/organizations', aSignUp().organization),
      ];
      expect(answers.map(({ status, body }) => [status, body.code as string])).toEqual(
        Array(3).fill([403, 'sign_up_closed']),
      );
    } finally {
      await closed.stop();
    }
    await confirm(token).expect(200);
  });
});
