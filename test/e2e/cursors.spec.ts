import fc from 'fast-check';
import { newId, type Uuid } from '../../src/common/context';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';

let app: TestApp;
let orgId: Uuid;
let owner: Caller;
let contactId: Uuid;

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  const organization = await anOrganization(app);
  orgId = organization.orgId;
  owner = as(app, organization.ownerToken);
  contactId = newId();
  await app.db.query(
    `INSERT INTO contacts (org_id, id, name, phone) VALUES ($1, $2, 'Dana', '+4915112345678')`,
    [orgId, contactId],
  );
});
afterAll(() => app.stop());

/** A row's place in its list: several have the same time, so that the id must decide. */
interface Row {
  readonly id: string;
  readonly time: number;
}

/** A list of the API, and how its rows come and go behind it. */
interface List {
  readonly path: string;
  readonly order: (a: Row, b: Row) => number;
  insert(row: Row): Promise<unknown>;
  remove(ids: readonly string[]): Promise<unknown>;
}

const byId = (a: Row, b: Row) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

const LISTS: Readonly<Record<string, List>> = {
  'API keys, by id': {
    path: '/api-keys',
    order: byId,
    insert: ({ id }) =>
      app.db.query(
        `INSERT INTO api_keys (org_id, id, name, prefix, secret_hash, scopes) VALUES ($1, $2::uuid, 'key', right($2::text, 12), '', '{}')`,
        [orgId, id],
      ),
    remove: (ids) => app.db.query('DELETE FROM api_keys WHERE org_id = $1 AND id = ANY ($2)', [orgId, ids]),
  },
  'conversations, by time and id': {
    path: '/conversations',
    order: (a, b) => b.time - a.time || byId(a, b),
    insert: ({ id, time }) =>
      app.db.query(
        `INSERT INTO conversations (org_id, id, contact_id, contact_address, last_message_at)
         VALUES ($1, $2, $3, '+4915112345678', timestamptz '2026-01-05' + make_interval(secs => $4::float8 / 1000))`,
        [orgId, id, contactId, time],
      ),
    remove: (ids) =>
      app.db.query('DELETE FROM conversations WHERE org_id = $1 AND id = ANY ($2)', [orgId, ids]),
  },
};

/** What happens between two pages. */
interface Step {
  readonly limit: number;
  readonly inserted: readonly number[];
  /** Parts of what there is, from 0 to 1. */
  readonly removed: readonly number[];
}

const time = fc.integer({ min: 0, max: 4 });
const step: fc.Arbitrary<Step> = fc.record({
  limit: fc.integer({ min: 1, max: 5 }),
  inserted: fc.array(time, { maxLength: 3 }),
  removed: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 2 }),
});

describe.each(Object.entries(LISTS))('the list of %s', (_name, list) => {
  const present = new Map<string, Row>();
  const insert = async (at: number): Promise<void> => {
    const row = { id: newId(), time: at };
    await list.insert(row);
    present.set(row.id, row);
  };
  const remove = async (ids: readonly string[]): Promise<void> => {
    await list.remove(ids);
    for (const id of ids) present.delete(id);
  };

  /** Reads the list to its end; `between` happens after each page but the last. */
  async function read(steps: readonly Step[]): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page === 0 || cursor !== null; page++) {
      const { limit, inserted, removed } = steps[page % steps.length]!;
      const query = `limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const { body } = await owner.get(`${list.path}?${query}`).expect(200);
      const { items, nextCursor } = body as { items: { id: string }[]; nextCursor: string | null };
      expect(items.length).toBeLessThanOrEqual(limit);
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor;
      // As many pages as steps are disturbed: a list that grows as fast as it is read has no end.
      if (page >= steps.length) continue;
      for (const at of inserted) await insert(at);
      const ids = [...present.keys()];
      await remove(removed.flatMap((part) => ids[Math.floor(part * ids.length)] ?? []));
    }
    return seen;
  }

  test('skips and doubles no row while others insert and delete', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(time, { maxLength: 12 }),
        fc.array(step, { minLength: 1, maxLength: 5 }),
        async (start, steps) => {
          await remove([...present.keys()]);
          for (const at of start) await insert(at);
          const before = new Map(present);
          const seen = await read(steps);

          expect(new Set(seen).size).toBe(seen.length);
          const stayed = [...before.keys()].filter((id) => present.has(id));
          expect(stayed.filter((id) => !seen.includes(id))).toEqual([]);
          // What is read is in order, whatever came in between.
          const known = seen.flatMap((id) => before.get(id) ?? []);
          expect(known).toEqual([...known].sort(list.order));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('ends exactly after the last row', async () => {
    await remove([...present.keys()]);
    for (const at of [0, 0, 1, 1]) await insert(at);
    const { body } = await owner.get(`${list.path}?limit=4`).expect(200);
    expect(body).toMatchObject({ items: { length: 4 }, nextCursor: null });
  });
});
