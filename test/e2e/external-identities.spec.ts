import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Uuid } from '../../src/common/context';
import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  PASSWORD,
  testApp,
  tokenTo,
  until,
  type TestApp,
} from '../support';
import { anIdentityProvider, trusting, type TestIdentityProvider } from '../support/identity-provider';

/** How long an instance may go on believing what it looked up. */
const MEMORY = 1000;

interface Place {
  orgId: Uuid;
  slug: string;
  ownerToken: string;
}

let provider: TestIdentityProvider;
/** Its word counts in one organization, and for one domain. */
let bound: TestIdentityProvider;
let base: TestApp;
let app: TestApp;
let other: TestApp;
let home: Place;
let count = 0;

beforeAll(async () => {
  [provider, bound] = await Promise.all([anIdentityProvider(), anIdentityProvider()]);
  base = await testApp();
  home = await aPlace();
  const limits = { organizations: [home.orgId], emailDomains: ['home.test'] };
  const env = trusting([provider], [bound, limits]);
  [app, other] = await Promise.all([testApp({ db: base.db, env }), testApp({ db: base.db, env })]);
});
afterAll(async () => {
  await Promise.all([app.stop(), other.stop()]);
  await base.stop();
  await Promise.all([provider.stop(), bound.stop()]);
});

async function aPlace(): Promise<Place> {
  const { orgId, ownerToken } = await anOrganization(base);
  const [row] = await base.db.query<{ slug: string }>('SELECT slug FROM organizations WHERE id = $1', [
    orgId,
  ]);
  return { orgId, slug: row!.slug, ownerToken };
}

async function aUser(place: Place, role: 'admin' | 'agent' = 'agent'): Promise<{ id: Uuid; email: string }> {
  const { userId } = await aMember(base, place.orgId, role);
  const [row] = await base.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [userId]);
  return { id: userId, email: row!.email };
}

const aSubject = (): string => `subject-${++count}`;
const vouched = (email: string, more: object = {}) => ({ email, email_verified: true, ...more });
const allow = (place: Place, rule: object) =>
  as(base, place.ownerToken).patch('/organization/provisioning', rule).expect(200);
const trailOf = (orgId: Uuid) =>
  base.db.query<{ event_type: string; actor: string; record_id: string; new_values: unknown }>(
    `SELECT event_type, actor, record_id, new_values FROM audit_logs
     WHERE org_id = $1 AND event_type IN ('tenancy.identity-linked', 'tenancy.user-provisioned', 'tenancy.invitation-accepted') ORDER BY id`,
    [orgId],
  );

/** What the first request with these claims is answered. */
async function enter(subject: string, claims: object, from: TestIdentityProvider = provider, place = app) {
  const { status, body } = await as(
    place,
    await from.token(subject, { claims: { ...claims, n: ++count } }),
  ).get('/me');
  const { code, user, organization, role, permissions } = body as Record<string, unknown> & {
    organization?: { id: string };
    user?: { id: string; email: string; firstName: string; lastName: string };
  };
  return { status, code, user, orgId: organization?.id, role, permissions };
}

describe('a member', () => {
  test('is found by a verified address, and from then on by the subject alone', async () => {
    const place = await aPlace();
    const user = await aUser(place);
    const subject = aSubject();
    expect(await enter(subject, vouched(user.email.toUpperCase()))).toMatchObject({
      status: 200,
      orgId: place.orgId,
      role: 'agent',
      user: { id: user.id },
    });
    expect(await enter(subject, {})).toMatchObject({ status: 200, user: { id: user.id } });
    expect(await enter(subject, vouched('renamed@example.test'))).toMatchObject({ user: { id: user.id } });
    expect(await trailOf(place.orgId)).toEqual([
      expect.objectContaining({
        event_type: 'tenancy.identity-linked',
        actor: user.id,
        new_values: { issuer: provider.issuer },
      }),
    ]);
  });

  test('is not found by an address that nobody vouches for', async () => {
    const { email } = await aUser(home);
    for (const claims of [
      { email },
      { email, email_verified: false },
      { email, email_verified: 1 },
      vouched(email.replace('a', 'ａ')),
      vouched(`${email}\u0000`),
      {},
    ])
      expect(await enter(aSubject(), claims)).toMatchObject({ status: 403, code: 'email_not_verified' });
    expect(await enter(aSubject(), { email, email_verified: 'true' })).toMatchObject({ status: 200 });
  });

  test('has what the role gives, without what takes a session', async () => {
    const { email } = await aUser(home, 'admin');
    const token = await provider.token(aSubject(), { claims: vouched(email) });
    const { body } = await as(app, token).get('/me').expect(200);
    expect(body.permissions).toContain('api_keys.manage');
    expect(body.permissions).not.toContain('self');
    expect(body.permissions).not.toContain('platform.operate');
    await as(app, token).get('/api-keys').expect(200);
    const switched = as(app, token).post('/auth/switch-organization', { organizationId: home.orgId });
    expect((await switched.expect(403)).body.code).toBe('permission_denied');
    await as(app, token).post('/auth/sign-out').expect(403);
  });

  test('who is removed or disabled is out within a second, however long the token lasts', async () => {
    const [removed, disabled] = [await aUser(home), await aUser(home)];
    const tokens = await Promise.all(
      [removed, disabled].map(({ email }) => provider.token(aSubject(), { claims: vouched(email) })),
    );
    for (const token of tokens) await as(app, token).get('/me').expect(200);
    await base.db.query('DELETE FROM memberships WHERE user_id = $1', [removed.id]);
    await base.db.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [disabled.id]);
    await sleep(MEMORY);
    expect((await as(app, tokens[0]!).get('/me').expect(403)).body.code).toBe('not_a_member');
    expect((await as(app, tokens[1]!).get('/me').expect(401)).body.code).toBe('unauthenticated');
    expect(await enter(aSubject(), vouched(disabled.email))).toMatchObject({ status: 401 });
  });

  test('whose role changes has the new one within a second', async () => {
    const user = await aUser(home);
    const token = await provider.token(aSubject(), { claims: vouched(user.email) });
    expect((await as(app, token).get('/me').expect(200)).body.role).toBe('agent');
    await base.db.query(`UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [user.id]);
    await sleep(MEMORY);
    expect((await as(app, token).get('/me').expect(200)).body.role).toBe('viewer');
  });
});

describe('the organization', () => {
  test('is the only one there is; of several the one that the token names, by id', async () => {
    const [first, second, third] = [await aPlace(), await aPlace(), await aPlace()];
    const { id, email } = await aUser(first);
    await base.db.query(
      `INSERT INTO memberships (org_id, id, user_id, role) VALUES ($1, $2, $3, 'viewer'), ($4, $5, $3, 'viewer')`,
      [second.orgId, newId(), id, third.orgId, newId()],
    );
    const subject = aSubject();
    const claims = vouched(email);
    expect(await enter(subject, claims)).toMatchObject({ status: 403, code: 'organization_not_named' });
    const into = (organization: string) => enter(subject, { ...claims, organization });
    expect(await into(second.orgId)).toMatchObject({ status: 200, orgId: second.orgId, role: 'viewer' });
    expect(await into(first.orgId)).toMatchObject({ status: 200, orgId: first.orgId, role: 'agent' });
    const foreign = await into(home.orgId);
    expect(foreign).toMatchObject({ status: 403, code: 'not_a_member' });
    expect(await into(newId())).toEqual(foreign);
    await base.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = ANY ($1)`, [
      [second.orgId, third.orgId],
    ]);
    await sleep(MEMORY);
    expect(await into(second.orgId)).toMatchObject({ status: 403, code: 'organization_suspended' });
    expect(await enter(subject, claims)).toMatchObject({ status: 200, orgId: first.orgId });
  });

  test('is never found by a slug that looks like the id of another', async () => {
    const [victim, thief] = [await aPlace(), await aPlace()];
    await base.db.query('UPDATE organizations SET slug = $2 WHERE id = $1', [thief.orgId, victim.orgId]);
    const { email } = await aUser(thief);
    expect(await enter(aSubject(), vouched(email, { organization: victim.orgId }))).toMatchObject({
      code: 'not_a_member',
    });
  });

  test('is not named by a slug, which customers change, where the provider is bound to none', async () => {
    const place = await aPlace();
    await allow(place, { role: 'viewer' });
    const { email } = await aUser(place);
    for (const organization of [place.slug, 'no-such-organization'])
      for (const claims of [vouched(email, { organization }), vouched(`new-${email}`, { organization })])
        expect(await enter(aSubject(), claims)).toMatchObject({
          status: 403,
          code: 'organization_not_named',
        });
    const address = `by-slug-${++count}@home.test`;
    await base.db.query('UPDATE users SET email = $2 WHERE id = $1', [(await aUser(home)).id, address]);
    expect(await enter(aSubject(), vouched(address, { organization: home.slug }), bound)).toMatchObject({
      status: 200,
      orgId: home.orgId,
    });
  });

  test('bounds a provider whose word counts there alone, in its own domain alone', async () => {
    const elsewhere = await aPlace();
    const { email } = await aUser(elsewhere);
    expect(await enter(aSubject(), vouched(email), bound)).toMatchObject({ code: 'email_not_verified' });
    const inDomain = async (place: Place): Promise<string> => {
      const { id } = await aUser(place);
      const address = `person-${++count}@home.test`;
      await base.db.query('UPDATE users SET email = $2 WHERE id = $1', [id, address]);
      return address;
    };
    expect(await enter(aSubject(), vouched(await inDomain(home)), bound)).toMatchObject({
      orgId: home.orgId,
    });
    const foreign = vouched(await inDomain(elsewhere));
    for (const organization of [undefined, elsewhere.slug, elsewhere.orgId])
      expect(await enter(aSubject(), { ...foreign, organization }, bound)).toMatchObject({
        status: 403,
        code: 'not_a_member',
      });
  });
});

describe('a stranger', () => {
  const claims = (place: Place, email: string) =>
    vouched(email, { organization: place.orgId, given_name: ' Nora\u0000 ', family_name: 'New' });

  test('is no member unless the organization lets people in', async () => {
    const place = await aPlace();
    const email = `stranger-${++count}@clinic.test`;
    expect(await enter(aSubject(), claims(place, email))).toMatchObject({
      status: 403,
      code: 'not_a_member',
    });
    expect(await base.db.query('SELECT 1 FROM users WHERE email = $1', [email])).toEqual([]);
  });

  test('becomes a member with the role of the rule, once, and it is in the trail', async () => {
    const place = await aPlace();
    await allow(place, { role: 'agent', emailDomains: ['Clinic.test'] });
    const [email, subject] = [`nora-${++count}@clinic.test`, aSubject()];
    const entered = await enter(subject, claims(place, email));
    expect(entered).toMatchObject({
      status: 200,
      role: 'agent',
      user: { email, firstName: 'Nora', lastName: 'New' },
    });
    expect(await enter(subject, {})).toMatchObject({ status: 200, orgId: place.orgId });
    const userId = entered.user!.id;
    expect(await trailOf(place.orgId)).toMatchObject([
      { event_type: 'tenancy.user-provisioned', actor: userId, record_id: userId },
      { event_type: 'tenancy.identity-linked', actor: userId },
    ]);
    const signIn = { email, password: 'a long enough password' };
    await app.http().post('/api/v1/auth/sign-in').send(signIn).expect(401);
  });

  test('of another domain, of none that is vouched for, or for a suspended organization stays out', async () => {
    const place = await aPlace();
    await allow(place, { role: 'viewer', emailDomains: ['clinic.test'] });
    for (const email of ['a@other.test', 'a@sub.clinic.test', 'a@notclinic.test'])
      expect(await enter(aSubject(), claims(place, email))).toMatchObject({ code: 'not_a_member' });
    expect(
      await enter(aSubject(), { ...claims(place, 'a@clinic.test'), email_verified: false }),
    ).toMatchObject({ code: 'email_not_verified' });
    await base.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [place.orgId]);
    expect(await enter(aSubject(), claims(place, 'a@clinic.test'))).toMatchObject({ code: 'not_a_member' });
  });

  test('who is a member elsewhere comes in as themselves', async () => {
    const place = await aPlace();
    await allow(place, { role: 'viewer' });
    const user = await aUser(home);
    const subject = aSubject();
    expect(await enter(subject, vouched(user.email))).toMatchObject({ orgId: home.orgId });
    expect(await enter(subject, claims(place, user.email))).toMatchObject({
      status: 200,
      orgId: place.orgId,
      role: 'viewer',
      user: { id: user.id },
    });
  });

  test('who was removed does not come back uninvited', async () => {
    const place = await aPlace();
    await allow(place, { role: 'viewer' });
    const [email, subject] = [`gone-${++count}@clinic.test`, aSubject()];
    const { user } = await enter(subject, claims(place, email));
    await base.db.query('DELETE FROM memberships WHERE user_id = $1', [user!.id]);
    await sleep(MEMORY);
    expect(await enter(subject, claims(place, email))).toMatchObject({ status: 403, code: 'not_a_member' });
    expect(await enter(aSubject(), claims(place, email))).toMatchObject({
      status: 403,
      code: 'not_a_member',
    });
  });

  test('who comes a hundred times at once, on two instances, is one user and one member', async () => {
    const place = await aPlace();
    await allow(place, { role: 'viewer' });
    const [email, subject] = [`rush-${++count}@clinic.test`, aSubject()];
    const facts = claims(place, email);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => enter(subject, facts, provider, i % 2 ? app : other)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ user }) => user?.id)).size).toBe(1);
    const [made] = await base.db.query(
      `SELECT (SELECT count(*)::int FROM users WHERE email = $1) AS users,
         (SELECT count(*)::int FROM memberships WHERE org_id = $2 AND role = 'viewer') AS members,
         (SELECT count(*)::int FROM user_identities WHERE subject = $3) AS identities`,
      [email, place.orgId, subject],
    );
    expect(made).toEqual({ users: 1, members: 1, identities: 1 });
    expect((await trailOf(place.orgId)).map(({ event_type }) => event_type)).toEqual([
      'tenancy.user-provisioned',
      'tenancy.identity-linked',
    ]);
  });
});

describe('someone who was invited', () => {
  const invite = async (place: Place, email: string, role = 'agent'): Promise<string> => {
    const { body } = await as(base, place.ownerToken).post('/invitations', { email, role }).expect(201);
    return String(body.id);
  };
  const invitationsOf = ({ orgId }: Place) =>
    base.db.query<{ accepted_by: string | null }>(
      'SELECT accepted_by FROM invitations WHERE org_id = $1 ORDER BY id',
      [orgId],
    );
  const into = ({ orgId }: Place, email: string) => vouched(email, { organization: orgId });

  test('comes in by their provider alone, with the role of the invitation, once', async () => {
    const place = await aPlace();
    const [email, subject] = [`invited-${++count}@clinic.test`, aSubject()];
    const invitation = await invite(place, email, 'admin');
    const { user, ...entered } = await enter(subject, into(place, email));
    expect(entered).toMatchObject({ status: 200, orgId: place.orgId, role: 'admin' });
    expect(await invitationsOf(place)).toEqual([{ accepted_by: user!.id }]);
    expect(await trailOf(place.orgId)).toMatchObject([
      {
        event_type: 'tenancy.invitation-accepted',
        actor: user!.id,
        record_id: invitation,
        new_values: { issuer: provider.issuer, role: 'admin' },
      },
      { event_type: 'tenancy.identity-linked', actor: user!.id },
    ]);
    await base.db.query('DELETE FROM memberships WHERE user_id = $1', [user!.id]);
    await sleep(MEMORY);
    expect(await enter(subject, into(place, email))).toMatchObject({ status: 403, code: 'not_a_member' });
  });

  test('comes in a second organization, and comes back where they were removed', async () => {
    const [first, second] = [await aPlace(), await aPlace()];
    await allow(first, { role: 'viewer' });
    const [email, subject] = [`returns-${++count}@clinic.test`, aSubject()];
    const { user } = await enter(subject, into(first, email));
    await invite(second, email);
    expect(await enter(subject, into(second, email))).toMatchObject({
      status: 200,
      orgId: second.orgId,
      user: { id: user!.id },
    });
    await as(base, first.ownerToken).delete(`/members/${user!.id}`).expect(204);
    await sleep(MEMORY);
    expect(await enter(subject, into(first, email))).toMatchObject({ code: 'not_a_member' });
    await invite(first, email, 'admin');
    expect(await enter(subject, into(first, email))).toMatchObject({
      status: 200,
      role: 'admin',
      user: { id: user!.id },
    });
  });

  test('stays out with an address that is not verified, an invitation that is over, or one elsewhere', async () => {
    const [place, elsewhere] = [await aPlace(), await aPlace()];
    const [email, subject] = [`stays-${++count}@clinic.test`, aSubject()];
    const id = await invite(place, email);
    expect(await enter(subject, { ...into(place, email), email_verified: false })).toMatchObject({
      code: 'email_not_verified',
    });
    for (const claims of [into(elsewhere, email), into(place, `other-${email}`)])
      expect(await enter(aSubject(), claims)).toMatchObject({ code: 'not_a_member' });
    expect(await enter(subject, vouched(email))).toMatchObject({ code: 'not_a_member' });
    await base.db.query('UPDATE invitations SET expires_at = now() WHERE id = $1', [id]);
    expect(await enter(subject, into(place, email))).toMatchObject({ code: 'not_a_member' });
    await base.db.query(`UPDATE invitations SET expires_at = now() + interval '1 day' WHERE id = $1`, [id]);
    await as(base, place.ownerToken).delete(`/invitations/${id}`).expect(204);
    expect(await enter(subject, into(place, email))).toMatchObject({ code: 'not_a_member' });
    expect(await base.db.query('SELECT 1 FROM users WHERE email = $1', [email])).toEqual([]);
  });

  test('is one member, however many requests come at once on two instances', async () => {
    const place = await aPlace();
    const [email, subject] = [`crowd-${++count}@clinic.test`, aSubject()];
    await invite(place, email);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => enter(subject, into(place, email), provider, i % 2 ? app : other)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const events = (await trailOf(place.orgId)).map(({ event_type }) => event_type);
    expect(events).toEqual(['tenancy.invitation-accepted', 'tenancy.identity-linked']);
  });

  test('who accepts by the mail’s token at the same moment is one member as well', async () => {
    const place = await aPlace();
    const user = await aUser(home);
    await invite(place, user.email);
    await base.settled();
    const token = await tokenTo(base, user.email);
    const accept = base.http().post('/api/v1/invitations/accept').send({ token, password: PASSWORD });
    const [byMail, byProvider] = await Promise.all([accept, enter(aSubject(), into(place, user.email))]);
    expect([200, 201, 404]).toContain(byMail.status);
    expect(byProvider).toMatchObject({ status: 200, orgId: place.orgId, role: 'agent' });
    expect(await invitationsOf(place)).toEqual([{ accepted_by: user.id }]);
  });
});

describe('who comes by a provider', () => {
  const used = (orgId: Uuid) =>
    base.db.query<{ actor: string; ip_address: string; new_values: unknown }>(
      `SELECT actor, host(ip_address) AS ip_address, new_values FROM audit_logs
       WHERE org_id = $1 AND event_type = 'tenancy.identity-used'`,
      [orgId],
    );

  test('leaves a trace in the trail and in the list of members, once a minute', async () => {
    const place = await aPlace();
    const { id, email } = await aUser(place);
    const membership = async () => {
      const { body } = await as(base, place.ownerToken).get('/members').expect(200);
      const { items } = body as { items: { userId: string; lastSignInAt: string; version: number }[] };
      return items.find(({ userId }) => userId === id)!;
    };
    const before = await membership();
    const subject = aSubject();
    for (let i = 0; i < 3; i++) expect(await enter(subject, vouched(email))).toMatchObject({ status: 200 });
    await until(async () => (await membership()).lastSignInAt > before.lastSignInAt);
    expect(await used(place.orgId)).toEqual([
      { actor: id, ip_address: '127.0.0.1', new_values: { issuer: provider.issuer } },
    ]);
    // Nobody's change is refused because somebody came in.
    expect((await membership()).version).toBe(before.version);
    const changes = await base.db.query(
      `SELECT 1 FROM audit_logs WHERE org_id = $1 AND event_type = 'memberships.update'`,
      [place.orgId],
    );
    expect(changes).toEqual([]);
  });

  test('and is refused leaves none', async () => {
    const place = await aPlace();
    const { email } = await aUser(home);
    expect(await enter(aSubject(), vouched(email, { organization: place.orgId }))).toMatchObject({
      status: 403,
    });
    expect(await used(place.orgId)).toEqual([]);
  });
});

describe('the rule of who comes in uninvited', () => {
  test('is read and changed by those who manage members, with its version', async () => {
    const place = await aPlace();
    const owner = as(base, place.ownerToken);
    const { body, headers } = await owner.get('/organization/provisioning').expect(200);
    expect(body).toMatchObject({ role: null, emailDomains: [] });
    const changed = await owner
      .patch('/organization/provisioning', { role: 'agent', emailDomains: ['A.test', 'a.test'] })
      .set('if-match', String(headers['etag']))
      .expect(200);
    expect(changed.body).toEqual({
      role: 'agent',
      emailDomains: ['a.test'],
      version: Number(body.version) + 1,
    });
    await owner
      .patch('/organization/provisioning', { role: null })
      .set('if-match', String(headers['etag']))
      .expect(412);
    const { body: off } = await owner.patch('/organization/provisioning', { role: null }).expect(200);
    expect(off).toMatchObject({ role: null, emailDomains: ['a.test'] });
  });

  test.each([
    { role: 'owner' },
    { role: '' },
    { emailDomains: null },
    { emailDomains: ['no domain'] },
    { emailDomains: ['@a.test'] },
    { emailDomains: Array.from({ length: 51 }, (_, i) => `d${i}.test`) },
  ])('takes no %j', async (change) => {
    const owner = as(base, home.ownerToken);
    const { body } = await owner.patch('/organization/provisioning', change).expect(422);
    expect(body.errors[0].field).toMatch(/^(role|emailDomains)/);
  });

  test('is not for agents, nor for keys without the right', async () => {
    const agent = as(base, (await aMember(base, home.orgId, 'agent')).token);
    const key = as(base, await anApiKey(base, home.orgId, ['organization.read', 'organization.manage']));
    for (const caller of [agent, key]) {
      await caller.get('/organization/provisioning').expect(403);
      await caller.patch('/organization/provisioning', { role: 'admin' }).expect(403);
    }
  });
});
