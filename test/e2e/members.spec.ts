import { OrganizationOwners, Tenancy } from '../../src/modules/tenancy';
import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  PASSWORD,
  testApp,
  type TestApp,
  type TestOrganization,
  etagOf,
} from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
});
afterAll(() => app.stop());

let clinic: TestOrganization;
beforeEach(async () => {
  clinic = await anOrganization(app);
});

const owner = () => as(app, clinic.ownerToken);
const roles = async (): Promise<Record<string, number>> => {
  const rows = await app.db.query<{ role: string; count: number }>(
    'SELECT role, count(*)::int AS count FROM memberships WHERE org_id = $1 GROUP BY role',
    [clinic.orgId],
  );
  return Object.fromEntries(rows.map(({ role, count }) => [role, count]));
};

test("owners' addresses are those of owners here who can sign in", async () => {
  const addresses = () =>
    app.database.runInOrg(clinic.scope, () => app.nest.get(OrganizationOwners).addresses());
  const second = await aMember(app, clinic.orgId, 'owner');
  await aMember(app, clinic.orgId, 'admin');
  await anOrganization(app);
  expect(await addresses()).toEqual([
    expect.stringMatching(/^owner-/),
    expect.stringMatching(/^owner-\d+@example\.test$/),
  ]);
  await app.db.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [clinic.ownerId]);
  const left = await app.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [
    second.userId,
  ]);
  expect(await addresses()).toEqual(left.map(({ email }) => email));
});

describe('the list of members', () => {
  it('shows who they are, in the order in which they joined, page by page', async () => {
    const agent = await aMember(app, clinic.orgId, 'agent');
    const viewer = await aMember(app, clinic.orgId, 'viewer');
    const { body: first } = await owner().get('/members?limit=2').expect(200);
    expect(first.items).toEqual([
      {
        userId: clinic.ownerId,
        email: expect.stringMatching(/^owner-/),
        firstName: 'Olga',
        lastName: 'Owner',
        role: 'owner',
        status: 'active',
        joinedAt: expect.any(String),
        lastSignInAt: expect.any(String),
        version: 1,
      },
      expect.objectContaining({ userId: agent.userId, role: 'agent' }),
    ]);
    const { body: second } = await owner().get(`/members?limit=2&cursor=${first.nextCursor}`).expect(200);
    expect(second.items.map(({ userId }: { userId: string }) => userId)).toEqual([viewer.userId]);
    expect(second.nextCursor).toBeNull();
  });

  it('tells of sign-ins to this organization alone', async () => {
    const salon = await anOrganization(app);
    const email = `both-${clinic.orgId}@example.test`;
    const person = { email, password: PASSWORD, firstName: 'Bo', lastName: 'Th', role: 'agent' as const };
    for (const { orgId } of [clinic, salon]) await app.nest.get(Tenancy).addMember(orgId, person);
    const { body: org } = await as(app, salon.ownerToken).get('/organization').expect(200);
    await app
      .http()
      .post('/api/v1/auth/sign-in')
      .send({ email, password: PASSWORD, organizationSlug: org.slug })
      .expect(200);
    const lastSignIn = async (token: string): Promise<string | null> => {
      const { body } = await as(app, token).get('/members').expect(200);
      return body.items.find((member: { email: string }) => member.email === email).lastSignInAt;
    };
    expect(await lastSignIn(salon.ownerToken)).toEqual(expect.any(String));
    expect(await lastSignIn(clinic.ownerToken)).toBeNull();
  });

  it('keeps when somebody came, wherever they went then and whatever became of the session', async () => {
    const salon = await anOrganization(app);
    const email = `moves-${salon.orgId}@example.test`;
    const person = { email, password: PASSWORD, firstName: 'Mo', lastName: 'Ves', role: 'agent' as const };
    for (const { orgId } of [clinic, salon]) await app.nest.get(Tenancy).addMember(orgId, person);
    const seen = async (token: string) => {
      const { body } = await as(app, token).get('/members?limit=200').expect(200);
      const { items } = body as { items: { email: string; lastSignInAt: string | null; version: number }[] };
      return items.find((member) => member.email === email)!;
    };
    const slug = String((await owner().get('/organization').expect(200)).body.slug);
    const { body: signedIn } = await app
      .http()
      .post('/api/v1/auth/sign-in')
      .send({ email, password: PASSWORD, organizationSlug: slug })
      .expect(200);
    const came = await seen(clinic.ownerToken);
    expect(came).toMatchObject({ lastSignInAt: expect.any(String), version: 1 });
    expect((await seen(salon.ownerToken)).lastSignInAt).toBeNull();
    await as(app, String(signedIn.accessToken))
      .post('/auth/switch-organization', { organizationId: salon.orgId })
      .expect(200);
    expect(await seen(salon.ownerToken)).toMatchObject({ lastSignInAt: expect.any(String), version: 1 });
    await app.db.query('DELETE FROM auth_refresh_tokens');
    await app.db.query('DELETE FROM auth_sessions WHERE user_id = (SELECT id FROM users WHERE email = $1)', [
      email,
    ]);
    expect(await seen(clinic.ownerToken)).toEqual(came);
    const { body: trail } = await owner().get('/audit-logs?eventType=memberships.update').expect(200);
    expect(JSON.stringify(trail)).not.toContain('last_sign_in_at');
    expect(JSON.stringify(trail)).not.toContain('lastSignInAt');
  });

  it.each(['agent', 'viewer'] as const)(
    'is nothing for %ss, and neither is what changes it',
    async (role) => {
      const { token } = await aMember(app, clinic.orgId, role);
      const them = as(app, token);
      await them.get('/members').expect(403);
      await them.patch(`/members/${clinic.ownerId}`, { role: 'viewer' }).expect(403);
      await them.delete(`/members/${clinic.ownerId}`).expect(403);
      await them.get('/invitations').expect(403);
      await them.post('/invitations', { email: 'new@example.test', role: 'viewer' }).expect(403);
      expect(await roles()).toEqual({ owner: 1, [role]: 1 });
    },
  );
});

describe('a role', () => {
  it('changes at once, with If-Match only from what was seen', async () => {
    const { userId, token } = await aMember(app, clinic.orgId, 'viewer');
    await as(app, token).get('/api-keys').expect(403);
    const { body, headers } = await owner()
      .patch(`/members/${userId}`, { role: 'admin' })
      .set('if-match', etagOf(clinic.orgId, 1))
      .expect(200);
    expect(body).toMatchObject({ userId, role: 'admin', version: 2 });
    expect(headers['etag']).toBe(etagOf(clinic.orgId, 2));
    await as(app, token).get('/api-keys').expect(200);
    await owner()
      .patch(`/members/${userId}`, { role: 'agent' })
      .set('if-match', etagOf(clinic.orgId, 1))
      .expect(412);
    await owner().delete(`/members/${userId}`).set('if-match', etagOf(clinic.orgId, 1)).expect(412);
    const { body: trail } = await owner().get('/audit-logs?eventType=memberships.update').expect(200);
    expect(trail.items[0]).toMatchObject({
      actor: clinic.ownerId,
      oldValues: { role: 'viewer' },
      newValues: { role: 'admin' },
    });
  });

  it.each([{ role: 'king' }, { role: null }, {}, { role: 'agent', orgId: 'x' }])(
    'is one of four: %j changes nothing',
    async (body) => {
      const { userId } = await aMember(app, clinic.orgId, 'viewer');
      await owner().patch(`/members/${userId}`, body).expect(422);
      expect(await roles()).toEqual({ owner: 1, viewer: 1 });
    },
  );

  it('of an owner is the business of owners', async () => {
    const admin = as(app, (await aMember(app, clinic.orgId, 'admin')).token);
    const { userId } = await aMember(app, clinic.orgId, 'agent');
    const key = as(app, await anApiKey(app, clinic.orgId, ['members.manage']));
    for (const them of [admin, key]) {
      for (const attempt of [
        them.patch(`/members/${userId}`, { role: 'owner' }),
        them.patch(`/members/${clinic.ownerId}`, { role: 'viewer' }),
        them.delete(`/members/${clinic.ownerId}`),
        them.post('/invitations', { email: 'boss@example.test', role: 'owner' }),
      ])
        expect((await attempt.expect(403)).body).toMatchObject({ code: 'owners_only' });
    }
    await admin.patch(`/members/${userId}`, { role: 'admin' }).expect(200);
    await key.patch(`/members/${userId}`, { role: 'viewer' }).expect(200);
    expect(await roles()).toEqual({ owner: 1, admin: 1, viewer: 1 });
  });

  it('holds on another instance within a second', async () => {
    const other = await testApp({ db: app.db });
    try {
      const { userId, token } = await aMember(app, clinic.orgId, 'admin');
      await as(other, token).get('/members').expect(200);
      await owner().patch(`/members/${userId}`, { role: 'viewer' }).expect(200);
      const changed = performance.now();
      for (;;) {
        const asked = performance.now();
        const { status } = await as(other, token).get('/members');
        if (status === 403) break;
        // Whoever asked later than a second after the change must not be let in.
        expect(asked - changed).toBeLessThan(1000);
      }
    } finally {
      await other.stop();
    }
  });

  it.each(['0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2', 'nonsense'])('of nobody is not found: %s', async (id) => {
    await owner().patch(`/members/${id}`, { role: 'viewer' }).expect(404);
    await owner().delete(`/members/${id}`).expect(404);
  });
});

describe('the last owner', () => {
  it('cannot go, be removed or be demoted', async () => {
    for (const attempt of [
      owner().patch(`/members/${clinic.ownerId}`, { role: 'admin' }),
      owner().delete(`/members/${clinic.ownerId}`),
      owner().post('/members/leave'),
    ])
      expect((await attempt.expect(409)).body).toMatchObject({ code: 'last_owner' });
    expect(await roles()).toEqual({ owner: 1 });
    await owner().get('/me').expect(200);
  });

  it.each<[string, (token: string, other: string) => Promise<number>]>([
    [
      'demote each other',
      async (token, other) => (await as(app, token).patch(`/members/${other}`, { role: 'viewer' })).status,
    ],
    ['remove each other', async (token, other) => (await as(app, token).delete(`/members/${other}`)).status],
    ['leave', async (token) => (await as(app, token).post('/members/leave')).status],
  ])('is left when two owners %s at once', async (_what, act) => {
    for (let round = 0; round < 5; round++) {
      const place = await anOrganization(app);
      const second = await aMember(app, place.orgId, 'owner');
      const statuses = await Promise.all([
        act(place.ownerToken, second.userId),
        act(second.token, place.ownerId),
      ]);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      const rows = await app.db.query(`SELECT 1 FROM memberships WHERE org_id = $1 AND role = 'owner'`, [
        place.orgId,
      ]);
      expect(rows).toHaveLength(1);
    }
  });

  it('is one of two: the other may go', async () => {
    const { token } = await aMember(app, clinic.orgId, 'owner');
    await owner().post('/members/leave').expect(204);
    await owner().get('/me').expect(401);
    await as(app, token).post('/members/leave').expect(409);
  });
});

describe('a member who goes', () => {
  it('is out at once, can neither refresh nor sign in, and leaves their conversations behind', async () => {
    const email = `gone-${clinic.orgId}@example.test`;
    await app.nest.get(Tenancy).addMember(clinic.orgId, {
      email,
      password: PASSWORD,
      firstName: 'Go',
      lastName: 'Ne',
      role: 'agent',
    });
    const signIn = () => app.http().post('/api/v1/auth/sign-in').send({ email, password: PASSWORD });
    const { body } = await signIn().expect(200);
    await as(app, body.accessToken).get('/me').expect(200);
    await owner().delete(`/members/${body.user.id}`).expect(204);
    await as(app, body.accessToken).get('/me').expect(401);
    await app.http().post('/api/v1/auth/refresh').send({ refreshToken: body.refreshToken }).expect(401);
    await signIn().expect(401);
    await owner().delete(`/members/${body.user.id}`).expect(404);
  });

  it('of another organization is not found', async () => {
    const salon = await anOrganization(app);
    await owner().delete(`/members/${salon.ownerId}`).expect(404);
    await owner().patch(`/members/${salon.ownerId}`, { role: 'viewer' }).expect(404);
    await as(app, salon.ownerToken).get('/me').expect(200);
  });
});

describe('my organizations', () => {
  it('are those I belong to, and switching leads to another', async () => {
    const salon = await anOrganization(app);
    const email = `two-${clinic.orgId}@example.test`;
    const person = { email, password: PASSWORD, firstName: 'To', lastName: 'Two' };
    await app.nest.get(Tenancy).addMember(clinic.orgId, { ...person, role: 'viewer' });
    await app.nest.get(Tenancy).addMember(salon.orgId, { ...person, role: 'admin' });
    const { body } = await app
      .http()
      .post('/api/v1/auth/sign-in')
      .send({ email, password: PASSWORD })
      .expect(200);
    const { body: own } = await as(app, body.accessToken).get('/me/organizations').expect(200);
    expect(own).toMatchObject([
      { id: clinic.orgId, role: 'viewer', status: 'active', isCurrent: true },
      { id: salon.orgId, role: 'admin', status: 'active', isCurrent: false },
    ]);
    const { body: there } = await as(app, body.accessToken)
      .post('/auth/switch-organization', { organizationId: salon.orgId })
      .expect(200);
    const { body: after } = await as(app, there.accessToken).get('/me/organizations').expect(200);
    expect(after.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent)).toEqual([false, true]);
  });

  it('are a person’s, not an API key’s', async () => {
    const key = await anApiKey(app, clinic.orgId, ['members.manage']);
    await as(app, key).get('/me/organizations').expect(403);
    await as(app, key).post('/members/leave').expect(403);
  });
});

describe('my names', () => {
  it('are changed by me, one or both', async () => {
    const { body } = await owner().patch('/me', { firstName: '  Olivia ' }).expect(200);
    expect(body).toMatchObject({ id: clinic.ownerId, firstName: 'Olivia', lastName: 'Owner' });
    const { body: me } = await owner().get('/me').expect(200);
    expect(me.user).toMatchObject({ firstName: 'Olivia', lastName: 'Owner' });
  });

  it.each([
    { firstName: '' },
    { firstName: null },
    { lastName: 'x'.repeat(101) },
    { email: 'x@example.test' },
    { phoneNumber: '+49' },
  ])('are not %j', async (body) => {
    await owner().patch('/me', body).expect(422);
    expect((await owner().get('/me').expect(200)).body.user).toMatchObject({ firstName: 'Olga' });
  });
});
