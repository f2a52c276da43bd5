import type { TwilioSimulator } from '../../tools/twilio-simulator';
import type { Uuid } from '../../src/common/context';
import { aConnection, anOrganization, as, etagOf, testApp, type Caller, type TestApp } from '../support';
import { aTwilio } from '../support/twilio';

let app: TestApp;
let simulator: TwilioSimulator;
let owner: Caller;
let orgId: Uuid;
let path: string;

beforeAll(async () => {
  simulator = await aTwilio();
  app = await testApp({ env: { TWILIO_API_BASE_URL: simulator.url } });
});
afterAll(async () => {
  await app.stop();
  await simulator.close();
});
beforeEach(async () => {
  const organization = await anOrganization(app);
  const { ownerToken } = organization;
  ({ orgId } = organization);
  owner = as(app, ownerToken);
  path = `/channel-connections/${(await aConnection(app, simulator, ownerToken)).id}`;
});

const rename = (friendlyName: string) => owner.patch(path, { friendlyName });

describe('ETag', () => {
  test('is the version, which every change counts up', async () => {
    const first = await owner.get(path).expect(200);
    expect(first.body.version).toBe(1);
    expect(first.headers).toMatchObject({
      etag: etagOf(orgId, 1),
      'cache-control': 'private, no-cache',
      vary: 'Authorization',
    });
    const renamed = await rename('Second').expect(200);
    expect(renamed.body.version).toBe(2);
    expect(renamed.headers['etag']).toBe(etagOf(orgId, 2));
    const verified = await owner.post(`${path}/verify`).expect(200);
    expect(verified.headers['etag']).toBe(etagOf(orgId, 3));
    expect((await owner.get(path)).headers['etag']).toBe(etagOf(orgId, 3));
  });

  test('spares whoever holds this version the body', async () => {
    const { body, headers } = await owner.get(path);
    const etag = headers['etag']!;
    for (const known of [etag, `W/${etag}`, `"999", ${etag}`, '*']) {
      const spared = await owner.get(path).set('if-none-match', known).expect(304);
      expect(spared.text).toBe('');
      expect(spared.headers['etag']).toBe(etag);
      expect(spared.headers['content-type']).toBeUndefined();
    }
    expect((await owner.get(path).set('if-none-match', '"999"').expect(200)).body).toEqual(body);
    // A change is no reading: its answer is always told.
    await rename('Same').set('if-none-match', '*').expect(200);
    await owner.get(path).set('if-none-match', etag).expect(200);
  });

  test('is not on lists and problems', async () => {
    expect((await owner.get('/channel-connections').expect(200)).headers['etag']).toBeUndefined();
    expect((await owner.get(`${path}0`).expect(404)).headers['etag']).toBeUndefined();
  });
});

describe('of two organizations', () => {
  // Each of them has its settings at one address, and is in its first version.
  const paths = ['/organization', '/organization/provisioning'];
  let other: Caller;
  beforeEach(async () => {
    other = as(app, (await anOrganization(app)).ownerToken);
  });

  test.each(paths)('%s of the one is not what whoever holds the other’s has', async (settings) => {
    const { headers } = await owner.get(settings).expect(200);
    await owner.get(settings).set('if-none-match', headers['etag']!).expect(304);
    const read = await other.get(settings).set('if-none-match', headers['etag']!).expect(200);
    expect(read.body.version).toBe(1);
    expect(read.headers['etag']).not.toBe(headers['etag']);
  });

  test.each(paths)('%s of the one is not changed with the other’s tag', async (settings) => {
    const { headers } = await owner.get(settings).expect(200);
    const { body: before } = await other.get(settings);
    const change = settings === '/organization' ? { name: 'Mine' } : { role: 'agent' };
    const { body } = await other.patch(settings, change).set('if-match', headers['etag']!).expect(412);
    expect(body.code).toBe('stale_version');
    expect((await other.get(settings)).body).toEqual(before);
    await owner.patch(settings, change).set('if-match', headers['etag']!).expect(200);
  });
});

describe('If-Match', () => {
  test('lets the change through that was made with the present version, or with any', async () => {
    const { headers } = await owner.get(path);
    await rename('A').set('if-match', headers['etag']!).expect(200);
    await rename('B').set('if-match', '*').expect(200);
    const { headers: now } = await rename('C').expect(200);
    await owner.delete(path).set('if-match', now['etag']!).expect(204);
    await owner.get(path).expect(404);
  });

  test('refuses a stale one, and nothing changes', async () => {
    const { headers } = await owner.get(path);
    await rename('Newer').expect(200);
    const before = (await owner.get(path)).body;
    const { body } = await rename('Lost').set('if-match', headers['etag']!).expect(412);
    expect(body).toMatchObject({ code: 'stale_version', status: 412 });
    await owner.delete(path).set('if-match', headers['etag']!).expect(412);
    expect((await owner.get(path)).body).toEqual(before);
  });

  const org = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';
  test.each([
    '7',
    '"7"',
    `W/"${org}.1"`,
    `"${org}.0"`,
    `"${org}.1", "${org}.2"`,
    `"${org}.99999999999"`,
    `"x${org.slice(1)}.1"`,
  ])('that is %s is a 400', async (header) => {
    expect((await rename('X').set('if-match', header).expect(400)).body.code).toBe('bad_if_match');
    expect((await owner.delete(path).set('if-match', header).expect(400)).body.code).toBe('bad_if_match');
  });

  test('lets one of two through that come at the same time', async () => {
    const { headers } = await owner.get(path);
    const both = await Promise.all(
      ['One', 'Two'].map((name) => rename(name).set('if-match', headers['etag']!)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const won = both.find(({ status }) => status === 200)!;
    expect((await owner.get(path)).body).toEqual(won.body);
  });

  test('of something that is not there is a 404', async () => {
    await owner.delete(path).expect(204);
    await rename('X').set('if-match', etagOf(orgId, 1)).expect(404);
    await owner.delete(path).set('if-match', etagOf(orgId, 1)).expect(404);
  });
});
