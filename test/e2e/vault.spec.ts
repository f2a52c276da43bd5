import { newId, systemScope, type OrgScope, type Uuid } from '../../src/common/context';
import { CannotDecrypt, Vault, type Place, type Sealed } from '../../src/common/crypto';
import {
  aDatabase,
  anOrganization,
  testApp,
  type TestApp,
  type TestDatabase,
  type TestOrganization,
} from '../support';

const masterKey = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const OLD = masterKey('old', 1);
const NEW = masterKey('new', 2);
const SECRET = 'a secret of 32 characters, äöü 👋';

let db: TestDatabase;
let app: TestApp;
let clinic: TestOrganization;
let salon: TestOrganization;

beforeAll(async () => {
  db = await aDatabase();
  app = await testApp({ db, env: { MASTER_KEYS: OLD } });
  clinic = await anOrganization(app);
  salon = await anOrganization(app);
});
afterAll(async () => {
  await app.stop();
  await db.drop();
});

const aPlace = (): Place => ({ table: 'channel_connections', column: 'credentials', row: newId() });
const seal = (place: Place, { orgId } = clinic, { nest, database } = app) =>
  database.runInOrg(systemScope(orgId), () => nest.get(Vault).seal(place, SECRET));
const open = (place: Place, text: string, { orgId } = clinic, { nest, database } = app) =>
  database.runInOrg(systemScope(orgId), () => nest.get(Vault).open(place, text));

/** The parts of a sealed text: nonce (12 bytes), ciphertext, tag (16 bytes). */
function parts({ text }: Sealed): { head: string; data: Buffer } {
  const [version, keyId, body] = text.split('.');
  return { head: `${version}.${keyId}.`, data: Buffer.from(body!, 'base64url') };
}
const join = (head: string, data: Buffer) => head + data.toString('base64url');

describe('a sealed text', () => {
  test('opens where it was sealed', async () => {
    const place = aPlace();
    const sealed = await seal(place);
    expect(sealed.text).toMatch(new RegExp(`^v1\\.${sealed.keyId}\\.`));
    expect(Buffer.from(sealed.text, 'base64url').toString()).not.toContain('secret');
    expect(await open(place, sealed.text)).toBe(SECRET);
  });

  test('is another one each time', async () => {
    const place = aPlace();
    const [one, two] = [await seal(place), await seal(place)];
    expect(one.text).not.toBe(two.text);
    expect(parts(one).data.subarray(0, 12)).not.toEqual(parts(two).data.subarray(0, 12));
  });

  test.each<[string, (place: Place) => Place]>([
    ['row', (place) => ({ ...place, row: newId() })],
    ['column', (place) => ({ ...place, column: 'webhook_verify_token' })],
    ['table', (place) => ({ ...place, table: 'bot_control_settings' })],
  ])('opens in no other %s', async (_name, other) => {
    const place = aPlace();
    const { text } = await seal(place);
    await expect(open(other(place), text)).rejects.toBeInstanceOf(CannotDecrypt);
  });

  test('opens in no other organization', async () => {
    const place = aPlace();
    const { text } = await seal(place);
    await seal(place, salon);
    await expect(open(place, text, salon)).rejects.toBeInstanceOf(CannotDecrypt);
  });

  test("opens in no other organization even under that one's key id", async () => {
    const place = aPlace();
    const { data } = parts(await seal(place));
    const { head } = parts(await seal(place, salon));
    await expect(open(place, join(head, data), salon)).rejects.toBeInstanceOf(CannotDecrypt);
  });

  test('opens with no byte changed', async () => {
    const place = aPlace();
    const { head, data } = parts(await seal(place));
    for (let i = 0; i < data.length; i++) {
      const changed = Buffer.from(data);
      changed[i]! ^= 1;
      await expect(open(place, join(head, changed))).rejects.toBeInstanceOf(CannotDecrypt);
    }
  });

  test.each([4, 8, 12, 13, 15])('does not open with a tag cut to %i bytes', async (length) => {
    const place = aPlace();
    const { head, data } = parts(await seal(place));
    await expect(open(place, join(head, data.subarray(0, data.length - 16 + length)))).rejects.toBeInstanceOf(
      CannotDecrypt,
    );
  });

  test.each(['', 'v1', 'v1..', 'v2.x.y', 'plain text', `v1.${newId()}.AAAA`, `v1.${'z'.repeat(36)}.AAAA`])(
    'is not %j',
    async (text) => {
      await expect(open(aPlace(), text)).rejects.toBeInstanceOf(CannotDecrypt);
    },
  );
});

describe("an organization's key", () => {
  const wrapped = (orgId: Uuid) =>
    db.query<{ id: string; wrapped_key: string; master_key_id: string }>(
      'SELECT id, wrapped_key, master_key_id FROM organization_keys WHERE org_id = $1',
      [orgId],
    );

  test('is made once and is its own', async () => {
    const org = await anOrganization(app);
    const [one, two] = [await seal(aPlace(), org), await seal(aPlace(), org)];
    expect(one.keyId).toBe(two.keyId);
    const other = await seal(aPlace(), await anOrganization(app));
    expect(other.keyId).not.toBe(one.keyId);
    expect(await wrapped(org.orgId)).toHaveLength(1);
  });

  test('every text opens when many first ones are sealed at once', async () => {
    const org = await anOrganization(app);
    const places = Array.from({ length: 8 }, aPlace);
    const sealed = await Promise.all(places.map((place) => seal(place, org)));
    for (const [i, place] of places.entries()) expect(await open(place, sealed[i]!.text, org)).toBe(SECRET);
  });

  test('opens under no other organization', async () => {
    const [from, to] = [await anOrganization(app), await anOrganization(app)];
    const place = aPlace();
    await seal(place, from);
    const { text } = await seal(place, to);
    await db.query(
      'UPDATE organization_keys t SET wrapped_key = s.wrapped_key FROM organization_keys s WHERE t.org_id = $1 AND s.org_id = $2',
      [to.orgId, from.orgId],
    );
    await expect(open(place, text, to)).rejects.toBeInstanceOf(CannotDecrypt);
  });

  test('is out of the reach of requests', async () => {
    const scope: OrgScope = { ...systemScope(clinic.orgId), pool: 'app' };
    await expect(
      app.database.runInOrg(scope, () => app.nest.get(Vault).seal(aPlace(), SECRET)),
    ).rejects.toThrow('permission denied');
  });
});

describe('master keys', () => {
  test('the newest wraps, all that are listed open, a retired one opens no more', async () => {
    const place = aPlace();
    const { text } = await seal(place);
    const both = await testApp({ db, env: { MASTER_KEYS: `${NEW},${OLD}` } });
    const onlyNew = await testApp({ db, env: { MASTER_KEYS: NEW } });
    try {
      expect(await open(place, text, clinic, both)).toBe(SECRET);
      await expect(open(place, text, clinic, onlyNew)).rejects.toBeInstanceOf(CannotDecrypt);
      const young = await anOrganization(both);
      const fresh = await seal(place, young, both);
      expect(await open(place, fresh.text, young, onlyNew)).toBe(SECRET);
      await expect(open(place, fresh.text, young, app)).rejects.toBeInstanceOf(CannotDecrypt);
    } finally {
      await both.stop();
      await onlyNew.stop();
    }
  });

  test('a key of the same name with other bytes opens nothing', async () => {
    const place = aPlace();
    const { text } = await seal(place);
    const forged = await testApp({ db, env: { MASTER_KEYS: masterKey('old', 9) } });
    try {
      await expect(open(place, text, clinic, forged)).rejects.toBeInstanceOf(CannotDecrypt);
    } finally {
      await forged.stop();
    }
  });
});
