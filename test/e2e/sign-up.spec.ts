import { Schedule } from '../../src/common/schedule';
import { Tenancy } from '../../src/modules/tenancy';
import { PasswordHasher } from '../../src/modules/tenancy/app/password-hasher';
import { anOrganization, as, mailsTo, PASSWORD, testApp, tokenTo, type TestApp, etagOf } from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

let count = 0;
const CONFIRM = '/api/v1/auth/sign-up/confirm';
const NORA = { firstName: 'Nora', lastName: 'New', password: 'a password of my own' };

/** A sign-up that nobody has made yet. */
function aSignUp(change: object = {}) {
  const number = ++count;
  return {
    email: `new-${number}@sign-up.test`,
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
    .send({ token, ...NORA, ...more });
const signIn = (email: string, password: string) =>
  app.http().post('/api/v1/auth/sign-in').send({ email, password });
const rowsOf = (sql: string, ...params: unknown[]) => app.db.query(sql, params);

/** Signs up and returns what the mail brought. */
async function asked(wanted = aSignUp()) {
  await signUp(wanted).expect(202);
  return { wanted, token: await tokenTo(app, wanted.email) };
}

describe('signing up', () => {
  it('makes nothing before the address is confirmed, and then an organization whose owner is signed in', async () => {
    const { wanted, token } = await asked();
    const { email, organization } = wanted;
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
    await signIn(email, NORA.password).expect(200);
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
    expect(stored).toContain(wanted.email);
    expect(stored).not.toContain(token.slice(-43));
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
    await signIn(email, PASSWORD).expect(200);
  });

  it('stores the wish for either address: the same work', async () => {
    const { ownerId } = await anOrganization(app);
    const [row] = await rowsOf('SELECT email FROM users WHERE id = $1', ownerId);
    for (const email of [String(row?.['email']), aSignUp().email]) {
      await signUp(aSignUp({ email })).expect(202);
      const stored = await rowsOf('SELECT timezone FROM pending_sign_ups WHERE email = $1', email);
      expect(stored).toEqual([{ timezone: 'Europe/Vienna' }]);
    }
  });

  it('sends one address three mails an hour at most, and says nothing of it', async () => {
    const { email } = aSignUp();
    for (let i = 0; i < 5; i++) await signUp(aSignUp({ email })).expect(202);
    expect(await mailsTo(app, email)).toHaveLength(3);
  });

  it.each([
    [{ email: 'nobody' }, 'email'],
    // Whoever types an address does not choose the password of whoever owns it.
    [{ password: NORA.password }, 'password'],
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
    expect((await confirm(token).expect(404)).body.code).toBe('sign_up_not_valid');
  });

  it('works once for ten who bring it at the same time', async () => {
    const { wanted, token } = await asked();
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    // Who comes while the first is still at it may be told of the new user, or of too many checks of one account.
    for (const { status } of answers) expect([200, 404, 409, 429]).toContain(status);
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
    expect((await confirm(token).expect(404)).body.code).toBe('sign_up_not_valid');
    await app.nest.get(Schedule).fire('tenancy.forget-sign-ups', new Date(0));
    await app.settled();
    expect(await rowsOf('SELECT 1 FROM pending_sign_ups WHERE email = $1', wanted.email)).toEqual([]);
  });

  it('is answered the same, whatever is wrong with it', async () => {
    const used = await asked();
    await confirm(used.token).expect(200);
    const [one, other] = [await asked(), await asked()];
    // The id of one, the secret of another.
    const crossed = one.token.slice(0, -44) + other.token.slice(-44);
    const wrong = [
      ...[used.token, crossed, 'fds_x', `fds_${'A'.repeat(64)}`],
      ...[one.token.replace('fds', 'fdr'), one.token.slice(4)],
    ];
    const answers = await Promise.all(wrong.map((token) => confirm(token).expect(404)));
    const words = answers.map(({ body }) => JSON.stringify([body.code, body.title, body.detail]));
    expect(new Set(words).size).toBe(1);
    expect(answers[0]?.body.code).toBe('sign_up_not_valid');
    await confirm(one.token).expect(200);
  });

  it('asks someone new who they are, field by field, and is not used up by that', async () => {
    const { wanted, token } = await asked();
    const { body } = await app.http().post(CONFIRM).send({ token }).expect(422);
    expect((body.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      'firstName',
      'lastName',
      'password',
    ]);
    await confirm(token, { password: 'short' }).expect(422);
    expect(await rowsOf('SELECT 1 FROM users WHERE email = $1', wanted.email)).toEqual([]);
    await confirm(token).expect(200);
  });

  it('is looked at before a password is hashed: a wrong one costs no more than a look', async () => {
    const hash = jest.spyOn(app.nest.get(PasswordHasher), 'hash');
    await confirm(`fds_${'A'.repeat(64)}`).expect(404);
    await signUp(aSignUp()).expect(202);
    expect(hash).not.toHaveBeenCalled();
    hash.mockRestore();
  });

  describe('to an address that became a user’s meanwhile', () => {
    /** A sign-up that is confirmed after someone with its address became a member elsewhere. */
    async function overtaken() {
      const { wanted, token } = await asked();
      const { orgId } = await anOrganization(app);
      const person = { email: wanted.email, password: PASSWORD, firstName: 'Kim', lastName: 'Known' };
      await app.nest.get(Tenancy).addMember(orgId, { ...person, role: 'agent' });
      return { token, email: wanted.email, slug: wanted.organization.slug };
    }

    it('takes their own password, and neither sets nor replaces it', async () => {
      const { token, email, slug } = await overtaken();
      expect((await confirm(token).expect(401)).body.code).toBe('wrong_credentials');
      expect((await app.http().post(CONFIRM).send({ token }).expect(422)).body.code).toBe(
        'person_incomplete',
      );
      expect(await rowsOf('SELECT 1 FROM organizations WHERE slug = $1', slug)).toEqual([]);
      const { body } = await confirm(token, { password: PASSWORD }).expect(200);
      expect(body).toMatchObject({ role: 'owner', user: { firstName: 'Kim' }, organization: { slug } });
      await signIn(email, NORA.password).expect(401);
      await signIn(email, PASSWORD).expect(200);
    });

    it('lets nobody in who is switched off', async () => {
      const { token, email, slug } = await overtaken();
      await rowsOf(`UPDATE users SET status = 'disabled' WHERE email = $1`, email);
      await confirm(token, { password: PASSWORD }).expect(401);
      expect(await rowsOf('SELECT 1 FROM organizations WHERE slug = $1', slug)).toEqual([]);
    });
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
    await confirm(first.token).expect(404);
  });
});

describe('another organization of someone who is signed in', () => {
  it('is theirs, and they go there by switching', async () => {
    const { ownerToken } = await anOrganization(app);
    const { organization } = aSignUp();
    const me = as(app, ownerToken);
    const { body, headers } = await me.post('/organizations', organization).expect(201);
    expect(body).toMatchObject({ slug: organization.slug, status: 'active', version: 1 });
    expect(headers['etag']).toBe(etagOf(String(body.id), 1));
    const { body: switched } = await me
      .post('/auth/switch-organization', { organizationId: body.id })
      .expect(200);
    expect(switched).toMatchObject({ role: 'owner', organization: { slug: organization.slug } });
    await as(app, String(switched.accessToken))
      .patch('/organization', { name: 'Second' })
      .set('if-match', headers['etag']!)
      .expect(200);
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
