import { startTwilioSimulator, type TwilioSimulator } from '../../tools/twilio-simulator';
import { aConnection, anOrganization, as, testApp, type Caller, type TestApp } from '../support';

let app: TestApp;
let simulator: TwilioSimulator;
let owner: Caller;
let path: string;

beforeAll(async () => {
  simulator = await startTwilioSimulator();
  app = await testApp({ env: { TWILIO_API_BASE_URL: simulator.url } });
});
afterAll(async () => {
  await app.stop();
  await simulator.close();
});
beforeEach(async () => {
  const { ownerToken } = await anOrganization(app);
  owner = as(app, ownerToken);
  path = `/channel-connections/${(await aConnection(app, simulator, ownerToken)).id}`;
});

const rename = (friendlyName: string) => owner.patch(path, { friendlyName });

describe('ETag', () => {
  test('is the version, which every change counts up', async () => {
    const first = await owner.get(path).expect(200);
    expect(first.body.version).toBe(1);
    expect(first.headers).toMatchObject({ etag: '"1"', 'cache-control': 'private, no-cache' });
    const renamed = await rename('Second').expect(200);
    expect(renamed.body.version).toBe(2);
    expect(renamed.headers['etag']).toBe('"2"');
    const verified = await owner.post(`${path}/verify`).expect(200);
    expect(verified.headers['etag']).toBe('"3"');
    expect((await owner.get(path)).headers['etag']).toBe('"3"');
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

  test.each(['7', 'W/"1"', '"abc"', '"0"', '"1", "2"', '"99999999999"'])(
    'that is %s is a 400',
    async (header) => {
      expect((await rename('X').set('if-match', header).expect(400)).body.code).toBe('bad_if_match');
      expect((await owner.delete(path).set('if-match', header).expect(400)).body.code).toBe('bad_if_match');
    },
  );

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
    await rename('X').set('if-match', '"1"').expect(404);
    await owner.delete(path).set('if-match', '"1"').expect(404);
  });
});
