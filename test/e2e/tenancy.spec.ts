import { PERMISSIONS, type Permission } from '../../src/common/auth';
import { systemScope, type Uuid } from '../../src/common/context';
import {
  PlatformOwnerExists,
  SlugTaken,
  AlreadyMember,
  OrganizationInvalid,
  Tenancy,
  type Role,
} from '../../src/modules/tenancy';
import { testApp, type TestApp } from '../support';

const PASSWORD = 'a long enough password';
let app: TestApp;
let tenancy: Tenancy;
let count = 0;

beforeAll(async () => {
  app = await testApp();
  tenancy = app.nest.get(Tenancy);
});
afterAll(() => app.stop());

interface Organization {
  orgId: Uuid;
  slug: string;
  ownerId: Uuid;
  ownerEmail: string;
}

async function anOrganization(): Promise<Organization> {
  const slug = `org-${++count}`;
  const ownerEmail = `owner-${count}@example.test`;
  const owner = { email: ownerEmail, password: PASSWORD, firstName: 'Olga', lastName: 'Owner' };
  const facts = {
    name: `Organization ${count}`,
    slug,
    timezone: 'Europe/Berlin',
    defaultCountry: 'DE',
    owner,
  };
  const { orgId, userId } = await tenancy.createOrganization(facts);
  return { orgId, slug, ownerId: userId, ownerEmail };
}

async function tokenOf(email: string): Promise<string> {
  const { body } = await app
    .http()
    .post('/api/v1/auth/sign-in')
    .send({ email, password: PASSWORD })
    .expect(200);
  return String(body.accessToken);
}

async function aMember(orgId: Uuid, role: Role): Promise<string> {
  const email = `${role}-${++count}@example.test`;
  await tenancy.addMember(orgId, { email, password: PASSWORD, firstName: 'Mia', lastName: 'Member', role });
  return tokenOf(email);
}

const get = (path: string, token: string) =>
  app.http().get(`/api/v1${path}`).set('authorization', `Bearer ${token}`);
const post = (path: string, token: string, body: object) =>
  app.http().post(`/api/v1${path}`).set('authorization', `Bearer ${token}`).send(body);
const remove = (path: string, token: string) =>
  app.http().delete(`/api/v1${path}`).set('authorization', `Bearer ${token}`);

describe('making an organization', () => {
  test('leaves an organization, a user and a membership, each told in the audit trail', async () => {
    const { orgId, ownerId, slug } = await anOrganization();
    const rows = await app.db.query('SELECT role FROM memberships WHERE org_id = $1 AND user_id = $2', [
      orgId,
      ownerId,
    ]);
    expect(rows).toEqual([{ role: 'owner' }]);
    const trail = await app.db.query<{ event_type: string }>(
      'SELECT event_type FROM audit_logs WHERE org_id = $1',
      [orgId],
    );
    expect(trail.map((row) => row.event_type).sort()).toEqual(['memberships.insert', 'organizations.insert']);
    expect(await tenancy.findOrganizationBySlug(slug)).toMatchObject({ orgId });
    expect(await tenancy.findOrganizationBySlug('nobody')).toBeUndefined();
  });

  test('a slug that is taken is refused, and nothing is left behind', async () => {
    const { slug } = await anOrganization();
    const owner = { email: 'late@example.test', password: PASSWORD, firstName: '', lastName: '' };
    const again = { name: 'Late', slug, timezone: 'UTC', defaultCountry: 'US', owner };
    await expect(tenancy.createOrganization(again)).rejects.toThrow(SlugTaken);
    expect(await app.db.query('SELECT id FROM users WHERE email = $1', ['late@example.test'])).toEqual([]);
  });

  test('every wrong field is named', async () => {
    const owner = { email: 'x@example.test', password: PASSWORD, firstName: '', lastName: '' };
    const made = tenancy.createOrganization({
      name: ' ',
      slug: 'No Slug',
      timezone: '+02:00',
      defaultCountry: 'de',
      owner,
    });
    await expect(made).rejects.toThrow(OrganizationInvalid);
    await expect(made).rejects.toMatchObject({
      fields: [{ field: 'name' }, { field: 'slug' }, { field: 'timezone' }, { field: 'defaultCountry' }],
    });
  });

  test('there is one platform owner', async () => {
    const owner = { email: 'platform@example.test', password: PASSWORD, firstName: '', lastName: '' };
    const facts = { name: 'Platform', timezone: 'UTC', defaultCountry: 'US', isPlatformOwner: true, owner };
    await tenancy.createOrganization({ ...facts, slug: 'platform' });
    await expect(tenancy.createOrganization({ ...facts, slug: 'platform-2' })).rejects.toThrow(
      PlatformOwnerExists,
    );
  });
});

describe('members', () => {
  test('someone who is a user already keeps name and password', async () => {
    const [first, second] = [await anOrganization(), await anOrganization()];
    const person = {
      email: first.ownerEmail.toUpperCase(),
      password: 'another password',
      firstName: 'X',
      lastName: 'Y',
    };
    const userId = await tenancy.addMember(second.orgId, { ...person, role: 'agent' });
    expect(userId).toBe(first.ownerId);
    const { body } = await get('/me', await tokenOf(first.ownerEmail)).expect(200);
    expect(body.user).toMatchObject({ firstName: 'Olga', email: first.ownerEmail });
    await expect(tenancy.addMember(second.orgId, { ...person, role: 'admin' })).rejects.toThrow(
      AlreadyMember,
    );
  });

  test('two organizations adding the same new person at once both succeed', async () => {
    const [first, second] = [await anOrganization(), await anOrganization()];
    const person = {
      email: `both-${++count}@example.test`,
      password: PASSWORD,
      firstName: '',
      lastName: '',
      role: 'agent',
    } as const;
    const ids = await Promise.all([first, second].map(({ orgId }) => tenancy.addMember(orgId, person)));
    expect(ids[0]).toBe(ids[1]);
  });

  test('a role that was changed counts within a second', async () => {
    const { orgId } = await anOrganization();
    const token = await aMember(orgId, 'admin');
    await get('/api-keys', token).expect(200);
    await app.db.query(`UPDATE memberships SET role = 'viewer' WHERE org_id = $1 AND role = 'admin'`, [
      orgId,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { body } = await get('/api-keys', token).expect(403);
    expect(body.code).toBe('permission_denied');
  });

  test('who was removed is out within a second', async () => {
    const { orgId } = await anOrganization();
    const token = await aMember(orgId, 'agent');
    await get('/organization', token).expect(200);
    await app.db.query(`DELETE FROM memberships WHERE org_id = $1 AND role = 'agent'`, [orgId]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const { body } = await get('/organization', token).expect(401);
    expect(body.code).toBe('unauthenticated');
  });
});

describe('who am I', () => {
  test.each<[Role, Permission[]]>([
    ['owner', PERMISSIONS.filter((permission) => permission !== 'platform.operate')],
    ['admin', PERMISSIONS.filter((permission) => permission !== 'platform.operate')],
    [
      'agent',
      [
        'connections.read',
        'contacts.read',
        'consent.record',
        'contacts.write',
        'conversations.read',
        'messages.send',
        'organization.read',
        'self',
      ],
    ],
    ['viewer', ['connections.read', 'contacts.read', 'conversations.read', 'organization.read', 'self']],
  ])('%s', async (role, permissions) => {
    const { orgId, slug, ownerEmail } = await anOrganization();
    const token = role === 'owner' ? await tokenOf(ownerEmail) : await aMember(orgId, role);
    const { body } = await get('/me', token).expect(200);
    expect(body).toMatchObject({
      role,
      permissions: [...permissions].sort(),
      apiKey: null,
      organization: { id: orgId, slug },
    });
  });

  test('an API key', async () => {
    const { orgId, ownerId } = await anOrganization();
    const { id, secret } = await tenancy.createApiKey(orgId, {
      name: 'Site',
      scopes: ['organization.read'],
      createdBy: ownerId,
    });
    const { body } = await get('/me', secret).expect(200);
    expect(body).toMatchObject({
      user: null,
      role: null,
      apiKey: { id, name: 'Site' },
      permissions: ['organization.read'],
    });
  });

  test('the organization', async () => {
    const { orgId, slug, ownerEmail } = await anOrganization();
    const { body } = await get('/organization', await tokenOf(ownerEmail)).expect(200);
    expect(body).toEqual({
      id: orgId,
      name: expect.stringMatching(/^Organization /),
      slug,
      timezone: 'Europe/Berlin',
      defaultCountry: 'DE',
      locale: 'en',
      quietHoursStart: '21:00',
      quietHoursEnd: '08:00',
      auditRetentionDays: 90,
      webhookRetentionDays: 30,
      messageRetentionDays: null,
      status: 'active',
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe('API keys', () => {
  test('are shown once, listed without their secret, and refused at once when revoked', async () => {
    const { orgId, ownerId, ownerEmail } = await anOrganization();
    const owner = await tokenOf(ownerEmail);
    const { body: made } = await post('/api-keys', owner, {
      name: ' Site ',
      scopes: ['organization.read'],
    }).expect(201);
    expect(made).toMatchObject({
      name: 'Site',
      scopes: ['organization.read'],
      createdBy: ownerId,
      expiresAt: null,
    });
    expect(made.secret).toMatch(new RegExp(`^fd_${String(made.prefix)}_[A-Za-z0-9_-]{43}$`));
    await get('/organization', made.secret).expect(200);

    const { body: list } = await get('/api-keys', owner).expect(200);
    expect(list.items).toEqual([
      expect.objectContaining({ id: made.id, prefix: made.prefix, revokedAt: null }),
    ]);
    expect(Object.keys(list.items[0]).join()).not.toMatch(/\bsecret\b|hash/i);

    await remove(`/api-keys/${String(made.id)}`, owner).expect(204);
    const { body: refused } = await get('/organization', made.secret).expect(401);
    expect(refused).toMatchObject({
      code: 'unauthenticated',
      detail: 'Sign in again, or check the API key.',
    });
    await remove(`/api-keys/${String(made.id)}`, owner).expect(204);
    const [row] = await app.db.query('SELECT revoked_at FROM api_keys WHERE org_id = $1', [orgId]);
    expect(row?.['revoked_at']).toBeInstanceOf(Date);
  });

  test('revoking twice keeps the time of the first', async () => {
    const { orgId, ownerEmail } = await anOrganization();
    const owner = await tokenOf(ownerEmail);
    const { id } = await tenancy.createApiKey(orgId, {
      name: 'k',
      scopes: ['contacts.read'],
      createdBy: null,
    });
    await remove(`/api-keys/${id}`, owner).expect(204);
    const before = await app.db.query('SELECT revoked_at FROM api_keys WHERE id = $1', [id]);
    await remove(`/api-keys/${id}`, owner).expect(204);
    expect(await app.db.query('SELECT revoked_at FROM api_keys WHERE id = $1', [id])).toEqual(before);
  });

  test('nobody gives scopes that they do not have', async () => {
    const { orgId, ownerEmail } = await anOrganization();
    const { secret } = await tenancy.createApiKey(orgId, {
      name: 'keys',
      scopes: ['api_keys.manage', 'contacts.read'],
      createdBy: null,
    });
    const { body } = await post('/api-keys', secret, {
      name: 'more',
      scopes: ['contacts.read', 'messages.send'],
    }).expect(403);
    expect(body).toMatchObject({
      code: 'scope_not_held',
      errors: [{ field: 'scopes', message: 'you do not have messages.send' }],
    });
    const { body: child } = await post('/api-keys', secret, {
      name: 'same',
      scopes: ['contacts.read'],
    }).expect(201);
    expect(child.createdBy).toBeNull();
    await get('/organization', child.secret).expect(403);
    await post('/api-keys', await tokenOf(ownerEmail), { name: 'x', scopes: ['self'] }).expect(422);
  });

  test.each([
    [{ scopes: ['contacts.read'] }, 'name'],
    [{ name: '   ', scopes: ['contacts.read'] }, 'name'],
    [{ name: 'x'.repeat(101), scopes: ['contacts.read'] }, 'name'],
    [{ name: 7, scopes: ['contacts.read'] }, 'name'],
    [{ name: 'k', scopes: [] }, 'scopes'],
    [{ name: 'k', scopes: ['everything'] }, 'scopes'],
    [{ name: 'k', scopes: 'contacts.read' }, 'scopes'],
    [{ name: 'k', scopes: ['contacts.read'], expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ name: 'k', scopes: ['contacts.read'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'k', scopes: ['contacts.read'], orgId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1' }, 'orgId'],
  ])('a bad body %j is refused by field', async (body, field) => {
    const { ownerEmail } = await anOrganization();
    const answer = await post('/api-keys', await tokenOf(ownerEmail), body).expect(422);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test('expire', async () => {
    const { ownerEmail } = await anOrganization();
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    const { body } = await post('/api-keys', await tokenOf(ownerEmail), {
      name: 'k',
      scopes: ['organization.read'],
      expiresAt,
    }).expect(201);
    await get('/organization', body.secret).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    await get('/organization', body.secret).expect(401);
  });

  test('are listed page by page, none twice and none left out', async () => {
    const { orgId, ownerEmail } = await anOrganization();
    const owner = await tokenOf(ownerEmail);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++)
      ids.unshift(
        (await tenancy.createApiKey(orgId, { name: `k${i}`, scopes: ['contacts.read'], createdBy: null })).id,
      );
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/api-keys?limit=2${cursor && `&cursor=${cursor}`}`, owner).expect(200);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(ids);
  });

  test('a cursor of another organization does not belong to this list', async () => {
    const [first, second] = [await anOrganization(), await anOrganization()];
    for (let i = 0; i < 2; i++)
      await tenancy.createApiKey(first.orgId, { name: 'k', scopes: ['contacts.read'], createdBy: null });
    const { body } = await get('/api-keys?limit=1', await tokenOf(first.ownerEmail)).expect(200);
    const stolen = await get(
      `/api-keys?cursor=${String(body.nextCursor)}`,
      await tokenOf(second.ownerEmail),
    ).expect(400);
    expect(stolen.body.code).toBe('bad_cursor');
  });

  test("another organization's key and one that never was are the same 404", async () => {
    const [first, second] = [await anOrganization(), await anOrganization()];
    const { id, secret } = await tenancy.createApiKey(first.orgId, {
      name: 'k',
      scopes: ['organization.read'],
      createdBy: null,
    });
    const stranger = await tokenOf(second.ownerEmail);
    const foreign = await remove(`/api-keys/${id}`, stranger).expect(404);
    const absent = await remove('/api-keys/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1', stranger).expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    await get('/organization', secret).expect(200);
  });

  test('agents and viewers may not manage them; each denial is in the audit trail', async () => {
    const { orgId } = await anOrganization();
    for (const role of ['agent', 'viewer'] as const) {
      const token = await aMember(orgId, role);
      await get('/api-keys', token).expect(403);
      await post('/api-keys', token, { name: 'k', scopes: ['contacts.read'] }).expect(403);
      await remove('/api-keys/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1', token).expect(403);
    }
    const denials = await app.db.query<{ query: string; actor_type: string; new_values: object }>(
      `SELECT query, actor_type, new_values FROM audit_logs WHERE org_id = $1 AND event_type = 'tenancy.permission-denied' ORDER BY id`,
      [orgId],
    );
    expect(denials).toHaveLength(6);
    expect(denials[0]).toEqual({
      query: 'GET /api/v1/api-keys',
      actor_type: 'user',
      new_values: { permission: 'api_keys.manage' },
    });
  });

  test('their use is noted and audited once a minute, without being in the way', async () => {
    const { orgId } = await anOrganization();
    const { id, secret } = await tenancy.createApiKey(orgId, {
      name: 'k',
      scopes: ['organization.read'],
      createdBy: null,
    });
    await Promise.all(Array.from({ length: 10 }, () => get('/organization', secret).expect(200)));
    const used = () =>
      app.db.query<{ actor: string }>(
        `SELECT actor FROM audit_logs WHERE org_id = $1 AND event_type = 'tenancy.api-key-used'`,
        [orgId],
      );
    for (let i = 0; i < 100 && (await used()).length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await get('/organization', secret).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await used()).toEqual([{ actor: id }]);
    const [row] = await app.db.query('SELECT last_used_at FROM api_keys WHERE id = $1', [id]);
    expect(row?.['last_used_at']).toBeInstanceOf(Date);
  });

  test('requests cannot read a secret hash even by SQL', async () => {
    const { orgId } = await anOrganization();
    const read = app.database.runInOrg({ ...systemScope(orgId), pool: 'app' }, () =>
      app.database.tx.query('SELECT secret_hash FROM api_keys'),
    );
    await expect(read).rejects.toMatchObject({ code: '42501' });
  });
});
