import {
  aMember,
  anApiKey,
  anOrganization,
  as,
  testApp,
  type Caller,
  type TestApp,
  etagOf,
} from '../support';

let app: TestApp;
beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
});
afterAll(() => app.stop());

const owner = async (): Promise<Caller & { orgId: string }> => {
  const { orgId, ownerToken } = await anOrganization(app);
  return { ...as(app, ownerToken), orgId };
};

describe('the settings of an organization', () => {
  it('are read, changed and read again; what is left out stays', async () => {
    const me = await owner();
    const { body: before } = await me.get('/organization').expect(200);
    expect(before).toMatchObject({
      quietHoursStart: '21:00',
      quietHoursEnd: '08:00',
      auditRetentionDays: 90,
      webhookRetentionDays: 30,
      messageRetentionDays: null,
      status: 'active',
      version: 1,
    });
    const change = {
      name: '  Sunrise Clinic ',
      slug: 'sunrise-clinic',
      timezone: 'America/New_York',
      defaultCountry: 'AT',
      locale: 'de-at',
      quietHoursStart: '20:30',
      quietHoursEnd: '09:00',
      auditRetentionDays: 365,
      webhookRetentionDays: 7,
      messageRetentionDays: 730,
    };
    const { body: after, headers } = await me.patch('/organization', change).expect(200);
    expect(after).toEqual({ ...before, ...change, name: 'Sunrise Clinic', locale: 'de-AT', version: 2 });
    expect(headers['etag']).toBe(etagOf(String(before.id), 2));
    const { body: last } = await me.patch('/organization', { messageRetentionDays: null }).expect(200);
    expect(last).toEqual({ ...after, messageRetentionDays: null, version: 3 });
    expect((await me.get('/organization').expect(200)).body).toEqual(last);
    // What changes nothing is no change: the version of whoever read before still holds.
    for (const same of [{}, { name: 'Sunrise Clinic', locale: 'de-AT' }])
      expect((await me.patch('/organization', same).expect(200)).body).toEqual(last);
  });

  it('are in the audit trail, with what they were', async () => {
    const me = await owner();
    await me.patch('/organization', { timezone: 'Asia/Tokyo' }).expect(200);
    const { body } = await me.get('/audit-logs?eventType=organizations.update').expect(200);
    expect(body.items).toMatchObject([
      {
        oldValues: { timezone: 'Europe/Berlin' },
        newValues: { timezone: 'Asia/Tokyo' },
        actorType: 'user',
      },
    ]);
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: null }, 'name'],
    [{ slug: 'Not a slug' }, 'slug'],
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ defaultCountry: 'XX' }, 'defaultCountry'],
    [{ locale: 'not_a_locale' }, 'locale'],
    [{ quietHoursStart: '22:00' }, 'quietHoursStart'],
    [{ quietHoursEnd: '7:00' }, 'quietHoursEnd'],
    [{ quietHoursStart: '10:00', quietHoursEnd: '10:00' }, 'quietHoursEnd'],
    [{ auditRetentionDays: 1 }, 'auditRetentionDays'],
    [{ webhookRetentionDays: '30' }, 'webhookRetentionDays'],
    [{ messageRetentionDays: 0 }, 'messageRetentionDays'],
    [{ status: 'active' }, 'status'],
    [{ isPlatformOwner: true }, 'isPlatformOwner'],
  ])('%j is refused, by field, and changes nothing', async (change, field) => {
    const me = await owner();
    const { body: before } = await me.get('/organization');
    const { body } = await me.patch('/organization', { ...change }).expect(422);
    expect((body.errors as { field: string }[]).map((error) => error.field)).toEqual([field]);
    expect((await me.get('/organization')).body).toEqual(before);
  });

  it('are refused with a version that is not the present one', async () => {
    const me = await owner();
    const tag = String((await me.get('/organization')).headers['etag']);
    await me.patch('/organization', { name: 'First' }).set('if-match', tag).expect(200);
    const { body } = await me.patch('/organization', { name: 'Second' }).set('if-match', tag).expect(412);
    expect(body.code).toBe('stale_version');
    expect((await me.get('/organization')).body).toMatchObject({ name: 'First', version: 2 });
  });

  it('of two changes at once with one version, one is made', async () => {
    const me = await owner();
    const tag = String((await me.get('/organization')).headers['etag']);
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => me.patch('/organization', { name }).set('if-match', tag)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('a slug of another organization is a conflict that names the field', async () => {
    const [me, other] = [await owner(), await owner()];
    const { slug } = (await other.get('/organization')).body as { slug: string };
    const { body } = await me.patch('/organization', { slug }).expect(409);
    expect(body).toMatchObject({ code: 'slug_taken', errors: [{ field: 'slug' }] });
    await me.patch('/organization', {
      slug: ((await me.get('/organization')).body as { slug: string }).slug,
    });
  });

  it('are not for agents, viewers, and keys without the scope', async () => {
    const { orgId, ownerToken } = await anOrganization(app);
    const key = await anApiKey(app, orgId, ['organization.read']);
    const tokens = [key];
    for (const role of ['agent', 'viewer'] as const) tokens.push((await aMember(app, orgId, role)).token);
    for (const token of tokens) {
      await as(app, token).get('/organization').expect(200);
      await as(app, token).patch('/organization', { name: 'Mine' }).expect(403);
    }
    const admin = await aMember(app, orgId, 'admin');
    await as(app, admin.token).patch('/organization', { name: 'Ours' }).expect(200);
    expect((await as(app, ownerToken).get('/organization')).body).toMatchObject({ name: 'Ours' });
  });
});
