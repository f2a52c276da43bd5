import { systemScope } from '../../src/common/context';
import { Transaction } from '../../src/common/database/transaction';
import { Schedule } from '../../src/common/schedule';
import { aMember, anOrganization, as, type Caller, mailsTo, tokenTo } from '../support';
import { aBusiness, aConversation, anInstallation, type TestInstallation } from '../support/business';
import { goldenOpenApi, routesOf } from '../support/openapi';
import { anOperator, type TestOperator } from '../support/operator';

let place: TestInstallation;
let operator: TestOperator;
let slot = 0;

beforeAll(async () => {
  place = await anInstallation();
  operator = await anOperator(place.app);
});
afterAll(() => place.stop());

const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));
const REASON = 'Support case 4711: messages do not arrive.';
const open = (orgId: string, minutes = 30, by: Caller = operator.caller) =>
  by.post(`/platform/organizations/${orgId}/access`, { reason: REASON, minutes });

/** Has the figures counted, as happens every quarter of an hour. */
async function counted(): Promise<void> {
  const schedule = place.app.nest.get(Schedule);
  for (const job of ['conversations.count-messages', 'channels.count-deliveries'])
    expect(await schedule.fire(job, new Date(slot++))).toBe(true);
  await place.quiet();
}

describe('the operator', () => {
  it('sees how much organizations use, and how they do', async () => {
    const business = await aBusiness(place);
    const conversation = await aConversation(place, business);
    await conversation.reply('First');
    await conversation.reply('Second');
    await place.quiet();
    await place.twilio.idle();
    await conversation.customer.writes('STOP');
    await place.quiet();
    const connection = business.connection.id;
    await business.owner.patch(`/channel-connections/${connection}`, { isActive: false }).expect(200);
    await place.app.db.query(
      `SELECT graphile_worker.add_job('test.dead', json_build_object('orgId', $1::text), max_attempts => 1)`,
      [business.orgId],
    );
    await place.app.db.query(
      `UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE payload->>'orgId' = $1`,
      [business.orgId],
    );
    await counted();

    const { body } = await operator.caller.get(`/platform/organizations/${business.orgId}`).expect(200);
    const today = new Date().toISOString().slice(0, 10);
    const messages = { received: 2, waiting: 0, sent: 0, delivered: 3, failed: 0 };
    expect(body.usage).toEqual({
      connections: { active: 0, total: 1 },
      messages: { ...messages, days: [{ day: today, ...messages }] },
      webhooks: {
        waiting: 0,
        processed: expect.any(Number) as number,
        failed: 0,
        refused: 0,
        successRate: 1,
      },
      jobs: { waiting: 0, dead: 1, lagSeconds: 0 },
    });
    expect(body.usage.webhooks.processed).toBeGreaterThanOrEqual(5);
    expect(body).toMatchObject({
      status: 'active',
      members: 1,
      roles: { owner: 1, admin: 0, agent: 0, viewer: 0 },
      settings: { timezone: 'Europe/Berlin', messageRetentionDays: null },
    });
    const { body: list } = await operator.caller.get('/platform/organizations?limit=1').expect(200);
    expect(list.items[0].usage).toEqual(body.usage);
  });

  it('sees failures and what was refused apart, and how long work waits', async () => {
    const business = await aBusiness(place);
    await aConversation(place, business);
    const insert = `INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload,
        signature_verified, processing_status, response_status, received_at)
      SELECT new_uuid_v7(), $1, 'twilio_whatsapp', 'message_inbound', '/', 'POST', '{}', '{}', $2, $3, $4, now()`;
    for (const row of [
      [true, 'failed', 200],
      [false, 'failed', 403],
      [true, 'pending', 200],
    ])
      await place.app.db.query(insert, [business.orgId, ...row]);
    await place.app.db.query(`UPDATE messages SET created_at = now() - interval '2 days' WHERE org_id = $1`, [
      business.orgId,
    ]);
    await counted();
    const { body } = await operator.caller
      .get(`/platform/organizations/${business.orgId}?days=2`)
      .expect(200);
    expect(body.usage.webhooks).toEqual({
      waiting: 1,
      processed: 1,
      failed: 1,
      refused: 1,
      successRate: 0.5,
    });
    expect(body.usage.messages).toMatchObject({ received: 0, days: [] });
    const { body: longer } = await operator.caller
      .get(`/platform/organizations/${business.orgId}?days=3`)
      .expect(200);
    expect(longer.usage.messages).toMatchObject({ received: 1 });
  });

  it('lists all organizations page by page, and finds some', async () => {
    const made = [];
    for (let i = 0; i < 3; i++) made.push((await anOrganization(place.app)).orgId);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await operator.caller.get(`/platform/organizations?limit=2${cursor}`).expect(200);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${String(body.nextCursor)}`;
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen).toEqual(expect.arrayContaining([...made, operator.orgId]));

    await operator.caller
      .post(`/platform/organizations/${made[0]}/suspend`, { reason: 'A test' })
      .expect(204);
    const { body: suspended } = await operator.caller
      .get('/platform/organizations?status=suspended')
      .expect(200);
    expect((suspended.items as { id: string }[]).map(({ id }) => id)).toEqual([made[0]]);
    const { body: found } = await operator.caller.get('/platform/organizations?search=OPERAT').expect(200);
    expect(found.items).toMatchObject([{ slug: 'operator', isPlatformOwner: true }]);
    for (const query of ['days=0', 'days=32', 'limit=201', 'status=gone', 'search='])
      await operator.caller.get(`/platform/organizations?${query}`).expect(422);
  });

  it('reads nobody’s name, address, number or text there', async () => {
    const business = await aBusiness(place);
    const conversation = await aConversation(place, business);
    await conversation.customer.writes('A secret of mine', { profileName: 'Zacharias' });
    await place.quiet();
    await counted();
    const answers = await Promise.all(
      ['', '?limit=200&days=31', `/${business.orgId}`].map((rest) =>
        operator.caller.get(`/platform/organizations${rest}`).expect(200),
      ),
    );
    const people = await place.app.db.query<{ text: string }>(
      `SELECT unnest(ARRAY[email, first_name, last_name]) AS text FROM users
       UNION SELECT unnest(ARRAY[name, phone, email]) FROM contacts UNION SELECT body FROM messages
       UNION SELECT address FROM channel_connections UNION SELECT provider_account_id FROM channel_connections`,
    );
    // Values alone: a key such as isPlatformOwner may hold a word that is a name, too.
    const said = answers.map(({ text }) => text.replace(/"\w+":/g, '')).join('\n');
    const telling = people.map(({ text }) => text).filter((text) => text && text !== 'Operator');
    expect(telling).toEqual(expect.arrayContaining(['A secret of mine', conversation.customer.phone]));
    expect(telling.filter((text) => said.includes(text))).toEqual([]);
  });

  it('is nobody but an owner or admin of the organization that operates the installation', async () => {
    const { orgId, ownerToken } = await anOrganization(place.app);
    const others = [as(place.app, ownerToken)];
    for (const role of ['agent', 'viewer'] as const) others.push((await anOperator(place.app, role)).caller);
    for (const caller of others) {
      for (const path of ['', `/${orgId}`]) await caller.get(`/platform/organizations${path}`).expect(403);
      await caller.post(`/platform/organizations/${orgId}/suspend`, { reason: 'A test' }).expect(403);
      await open(orgId, 5, caller).expect(403);
    }
    await (await anOperator(place.app, 'owner')).caller.get('/platform/organizations').expect(200);
    const { body } = await others[0]!
      .post('/api-keys', { name: 'x', scopes: ['platform.operate'] })
      .expect(422);
    expect(body.errors[0].field).toBe('scopes');
  });
});

describe('an organization that the operator makes', () => {
  const facts = {
    name: 'Customer',
    slug: 'customer',
    timezone: 'Europe/Berlin',
    defaultCountry: 'DE',
    ownerEmail: 'Owner@Customer.test',
  };

  it('has the invited person as its owner once they accept', async () => {
    const { body } = await operator.caller.post('/platform/organizations', facts).expect(201);
    expect(body).toMatchObject({ name: 'Customer', slug: 'customer', members: 0, status: 'active' });
    const token = await tokenTo(place.app, 'owner@customer.test');
    const { body: signedIn } = await place.app
      .http()
      .post('/api/v1/invitations/accept')
      .send({ token, firstName: 'Carla', lastName: 'Customer', password: 'a password of my own' })
      .expect(200);
    expect(signedIn).toMatchObject({ role: 'owner', organization: { slug: 'customer' } });
    const { body: refused } = await operator.caller
      .post(`/platform/organizations/${String(body.id)}/owner-invitation`, { ownerEmail: 'me@operator.test' })
      .expect(409);
    expect(refused.code).toBe('organization_has_owner');
    const { body: taken } = await operator.caller.post('/platform/organizations', facts).expect(409);
    expect(taken.code).toBe('slug_taken');
  });

  it('is refused by field', async () => {
    const { body } = await operator.caller
      .post('/platform/organizations', { ...facts, slug: 'Not One', defaultCountry: 'XX' })
      .expect(422);
    expect((body.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      'slug',
      'defaultCountry',
    ]);
    const { body: nobody } = await operator.caller
      .post('/platform/organizations', { ...facts, slug: 'other', ownerEmail: 'nobody' })
      .expect(422);
    expect(nobody.errors[0].field).toBe('ownerEmail');
  });

  it('gets another invitation for its owner when the first went astray', async () => {
    const { body } = await operator.caller
      .post('/platform/organizations', { ...facts, slug: 'astray', ownerEmail: 'wrong@customer.test' })
      .expect(201);
    const id = String(body.id);
    await operator.caller
      .post(`/platform/organizations/${id}/owner-invitation`, { ownerEmail: 'right@customer.test' })
      .expect(204);
    expect(await tokenTo(place.app, 'right@customer.test')).toMatch(/^fdi_/);
  });

  it('is not owned by whoever got the first invitation by mistake', async () => {
    const { body } = await operator.caller
      .post('/platform/organizations', { ...facts, slug: 'mistaken', ownerEmail: 'stranger@elsewhere.test' })
      .expect(201);
    const stray = await tokenTo(place.app, 'stranger@elsewhere.test');
    const invite = () =>
      operator.caller.post(`/platform/organizations/${String(body.id)}/owner-invitation`, {
        ownerEmail: 'mine@customer.test',
      });
    await invite().expect(204);
    const earlier = await tokenTo(place.app, 'mine@customer.test');
    // The same address once more: the mail was lost.
    await invite().expect(204);
    const token = await tokenTo(place.app, 'mine@customer.test');
    expect(token).not.toBe(earlier);
    const person = { firstName: 'Carla', lastName: 'Customer', password: 'a password of my own' };
    const accept = (with_: string) =>
      place.app
        .http()
        .post('/api/v1/invitations/accept')
        .send({ token: with_, ...person });
    for (const gone of [stray, earlier])
      expect((await accept(gone).expect(404)).body.code).toBe('invitation_not_valid');
    expect((await accept(token).expect(200)).body).toMatchObject({ role: 'owner' });
  });

  it('is one for each Idempotency-Key, and its owner invited once', async () => {
    const wanted = { ...facts, slug: 'keyed', ownerEmail: 'keyed@customer.test' };
    const make = () =>
      operator.caller.post('/platform/organizations', wanted).set('idempotency-key', 'keyed');
    const { body } = await make().expect(201);
    const again = await make().expect(201);
    expect([again.body, again.headers['idempotent-replayed']]).toEqual([body, 'true']);
    expect(await mailsTo(place.app, 'keyed@customer.test')).toHaveLength(1);
    const { body: read } = await operator.caller
      .get(`/platform/organizations/${String(body.id)}`)
      .expect(200);
    expect(body).toEqual(read);
  });
});

describe('opening an organization’s data', () => {
  it('lets the operator read it as themselves, and is told in its trail', async () => {
    const business = await aBusiness(place);
    const conversation = await aConversation(place, business);
    const second = await aConversation(place, business);
    const { body } = await open(business.orgId).expect(201);
    expect(body).toMatchObject({ expiresIn: 1800, organization: { id: business.orgId } });
    const inside = as(place.app, String(body.accessToken));
    const { body: read } = await inside.get(`/conversations/${conversation.id}/messages`).expect(200);
    expect(read.items).toMatchObject([{ text: 'Hello' }]);
    await inside.get(`/conversations/${conversation.id}/messages?limit=1`).expect(200);
    // Each thing that was looked at is told, once; what was asked of it is not, nor what is no id.
    await inside.get(`/conversations/${second.id.toUpperCase()}/messages`).expect(200);
    await inside.get('/conversations?limit=5').expect(200);
    await inside.get('/conversations/anna@example.test').expect(404);
    expect((await inside.get('/me').expect(200)).body).toMatchObject({
      user: { id: operator.userId },
      organization: { id: business.orgId },
      role: null,
      permissions: [
        'audit.read',
        'connections.read',
        'contacts.read',
        'conversations.read',
        'organization.read',
        'webhook_logs.read',
      ],
    });

    const { body: trail } = await business.owner.get('/audit-logs?limit=200').expect(200);
    const mine = (trail.items as { eventType: string; actor: string; query: string; newValues: object }[])
      .filter(({ actor }) => actor === operator.userId)
      .map(({ eventType, query, newValues }) => ({ eventType, query, newValues }))
      .reverse();
    const used = (query: string) => ({ eventType: 'tenancy.operator-access-used', query, newValues: null });
    expect(mine).toEqual([
      expect.objectContaining({ eventType: 'operator_accesses.insert' }),
      {
        eventType: 'tenancy.operator-access-opened',
        query: null,
        newValues: { reason: REASON, expiresAt: body.expiresAt as string },
      },
      used(`GET /api/v1/conversations/${conversation.id}/messages`),
      used(`GET /api/v1/conversations/${second.id}/messages`),
      used('GET /api/v1/conversations'),
      used('GET /api/v1/conversations/:id'),
      used('GET /api/v1/me'),
    ]);
    const { body: list } = await business.owner.get('/operator-accesses').expect(200);
    expect(list.items).toMatchObject([
      { id: body.accessId, operatorId: operator.userId, reason: REASON, endedAt: null },
    ]);
  });

  it('is opened once for each Idempotency-Key, with the same token, which is kept sealed', async () => {
    const { orgId } = await anOrganization(place.app);
    const opened = () => open(orgId).set('idempotency-key', `open-${orgId}`);
    const { body } = await opened().expect(201);
    const again = await opened().expect(201);
    expect([again.body, again.headers['idempotent-replayed']]).toEqual([body, 'true']);
    await as(place.app, String(again.body.accessToken)).get('/organization').expect(200);
    const accesses = await place.app.db.query('SELECT id FROM operator_accesses WHERE org_id = $1', [orgId]);
    expect(accesses).toEqual([{ id: body.accessId as string }]);
    const kept = await place.app.db.query(
      'SELECT response_body, sealed_body FROM idempotency_keys WHERE key = $1',
      [`open-${orgId}`],
    );
    expect(kept).toEqual([{ response_body: null, sealed_body: expect.stringMatching(/^v1\./) as string }]);
  });

  it('allows nothing that changes anything', async () => {
    const { orgId } = await anOrganization(place.app);
    const { body } = await open(orgId).expect(201);
    const inside = as(place.app, String(body.accessToken));
    const id = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';
    // It fills a template in and keeps nothing.
    const reading = ['POST /api/v1/message-templates/{id}/preview'];
    const writing = routesOf(goldenOpenApi()).filter(
      ({ method, operation, name }) =>
        method !== 'get' && operation['x-permission'] !== undefined && !reading.includes(name),
    );
    expect(writing.length).toBeGreaterThan(10);
    for (const { method, path, name } of writing) {
      const at = path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, id);
      const { status } = await inside[method as 'post' | 'patch' | 'delete'](at);
      expect({ name, status }).toEqual({ name, status: 403 });
    }
    await inside.get('/platform/organizations').expect(403);
    await inside.get('/api-keys').expect(403);
  });

  it.each([
    [{ reason: 'Too short', minutes: 5 }, 'reason'],
    [{ reason: `${' '.repeat(20)}short`, minutes: 5 }, 'reason'],
    [{ reason: 'x'.repeat(501), minutes: 5 }, 'reason'],
    [{ reason: REASON }, 'minutes'],
    [{ reason: REASON, minutes: 61 }, 'minutes'],
    [{ reason: REASON, minutes: 0 }, 'minutes'],
  ])('takes a reason and at most an hour: %j', async (wish, field) => {
    const { orgId } = await anOrganization(place.app);
    const { body } = await operator.caller.post(`/platform/organizations/${orgId}/access`, wish).expect(422);
    expect((body.errors as { field: string }[]).map((error) => error.field)).toEqual([field]);
  });

  it('is not for one’s own organization, one that is suspended, or one that is not there', async () => {
    expect((await open(operator.orgId).expect(409)).body.code).toBe('own_organization');
    await open('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1').expect(404);
    const { orgId } = await anOrganization(place.app);
    await operator.caller.post(`/platform/organizations/${orgId}/suspend`, { reason: 'A test' }).expect(204);
    expect((await open(orgId).expect(403)).body.code).toBe('organization_suspended');
  });

  describe('ends', () => {
    /** An access that works, and the organization's owner. */
    async function anAccess(by?: Caller) {
      const { orgId, ownerToken } = await anOrganization(place.app);
      const { body } = await open(orgId, 30, by).expect(201);
      const inside = as(place.app, String(body.accessToken));
      await inside.get('/contacts/0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1').expect(404);
      return { orgId, owner: as(place.app, ownerToken), inside, id: String(body.accessId) };
    }

    it('by itself', async () => {
      const { inside, id } = await anAccess();
      await place.app.db.query('UPDATE operator_accesses SET expires_at = now() WHERE id = $1', [id]);
      await aSecond();
      await inside.get('/organization').expect(401);
    });

    it('at once when the organization’s owner says so, who is named', async () => {
      const { orgId, owner, inside, id } = await anAccess();
      const agent = await aMember(place.app, orgId, 'agent');
      await as(place.app, agent.token).get('/operator-accesses').expect(403);
      await as(place.app, agent.token).delete(`/operator-accesses/${id}`).expect(403);
      await owner.delete(`/operator-accesses/${id}`).expect(204);
      await inside.get('/organization').expect(401);
      await owner.delete(`/operator-accesses/${id}`).expect(204);
      const { body: me } = await owner.get('/me');
      const { body } = await owner.get('/operator-accesses').expect(200);
      expect(body.items).toMatchObject([{ id, endedBy: me.user.id }]);
    });

    it('at once when the operator says so; never one of another organization', async () => {
      const [access, other] = [await anAccess(), await anAccess()];
      await operator.caller.delete(`/platform/organizations/${other.orgId}/access/${access.id}`).expect(404);
      await other.owner.delete(`/operator-accesses/${access.id}`).expect(404);
      await access.inside.get('/organization').expect(200);
      await operator.caller.delete(`/platform/organizations/${access.orgId}/access/${access.id}`).expect(204);
      await access.inside.get('/organization').expect(401);
      await other.inside.get('/organization').expect(200);
    });

    it('with the session that opened it', async () => {
      const { caller } = await anOperator(place.app);
      const { inside } = await anAccess(caller);
      await caller.post('/auth/sign-out').expect(204);
      await aSecond();
      await inside.get('/organization').expect(401);
    });

    it.each([
      ['a role that may not operate', `UPDATE memberships SET role = 'agent' WHERE user_id = $1`],
      ['leaving the organization that operates', 'DELETE FROM memberships WHERE user_id = $1'],
      ['being disabled', `UPDATE users SET status = 'disabled' WHERE id = $1`],
    ])('with %s', async (_what, sql) => {
      const { caller, userId } = await anOperator(place.app);
      const { inside } = await anAccess(caller);
      await place.app.db.query(sql, [userId]);
      await aSecond();
      await inside.get('/organization').expect(401);
    });

    it('with the suspension of the organization that was opened', async () => {
      const { orgId, inside } = await anAccess();
      await operator.caller
        .post(`/platform/organizations/${orgId}/suspend`, { reason: 'A test' })
        .expect(204);
      await aSecond();
      expect((await inside.get('/organization').expect(403)).body.code).toBe('organization_suspended');
    });
  });
});

describe('the figures of many organizations', () => {
  it('are read by the day, never by the message', async () => {
    const { db } = place.app;
    await db.query(`
      INSERT INTO organizations (id, name, slug) SELECT new_uuid_v7(), 'Other', 'figures-' || i FROM generate_series(1, 300) i;
      INSERT INTO message_tallies (org_id, day, received, waiting, sent, delivered, failed)
        SELECT id, current_date - i, 1, 0, 0, 1, 0 FROM organizations, generate_series(0, 99) i ON CONFLICT DO NOTHING;
      ANALYZE message_tallies, organizations`);
    const [plan] = await db.query<{ 'QUERY PLAN': unknown }>(
      `EXPLAIN (FORMAT JSON) SELECT t.org_id, t.day FROM unnest((SELECT array_agg(id) FROM (SELECT id FROM organizations LIMIT 200) o)) wanted
         JOIN message_tallies t ON t.org_id = wanted AND t.day >= current_date - 6 ORDER BY t.org_id, t.day`,
    );
    expect(JSON.stringify(plan)).toContain('message_tallies_pkey');
    const { body } = await operator.caller.get('/platform/organizations?limit=200').expect(200);
    expect(body.items[0].usage.messages).toMatchObject({ received: 7, delivered: 7 });
    expect(body.items[0].usage.messages.days).toHaveLength(7);
  });

  it('are counted by the primary key, of the last days alone', async () => {
    const { orgId } = await aBusiness(place);
    const { db } = place.app;
    // Ids tell the time of their making: 300 days ago, and now.
    await db.query(`
      SET session_replication_role = replica;
      INSERT INTO messages (org_id, id, conversation_id, direction, author_type, status, created_at)
        SELECT '${orgId}', (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) ||
            '8' || substr(md5(i::text), 4, 15))::uuid, new_uuid_v7(), 'incoming', 'contact', 'received', at
        FROM (SELECT i, CASE WHEN i <= 20000 THEN now() - interval '300 days' ELSE now() END AS at FROM generate_series(1, 20010) i) m;
      SET session_replication_role = DEFAULT;
      ANALYZE messages`);
    const sent: { sql: string; params: readonly unknown[] }[] = [];
    const original = Transaction.prototype.execute;
    const spy = jest.spyOn(Transaction.prototype, 'execute').mockImplementation(function (
      this: Transaction,
      sql: string,
      params: readonly unknown[] = [],
    ) {
      if (sql.includes('INSERT INTO message_tallies') && this.orgId === orgId) sent.push({ sql, params });
      return original.call(this, sql, params);
    });
    await counted();
    spy.mockRestore();
    const days = await db.query('SELECT received FROM message_tallies WHERE org_id = $1', [orgId]);
    expect(days).toEqual([{ received: 10 }]);
    const [count] = sent;
    const plan = await place.app.database.runInOrg(systemScope(orgId), () =>
      place.app.database.tx.query(`EXPLAIN (FORMAT JSON) ${count?.sql ?? ''}`, count?.params),
    );
    expect(JSON.stringify(plan)).toContain('"Index Name":"messages_pkey"');
    expect(JSON.stringify(plan)).not.toMatch(/"Seq Scan"[^}]*"messages"/);
  });
});
