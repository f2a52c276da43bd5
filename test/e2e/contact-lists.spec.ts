import fc from 'fast-check';
import { newId, systemScope } from '../../src/common/context';
import { sortedBy } from '../../src/modules/contacts/db/contact-order';
import { ContactViewsRepository } from '../../src/modules/contacts/db/contact-views.repository';
import { SORTS } from '../../src/modules/contacts/domain/contact-list';
import { anOrganization, as, testApp, type Caller, type TestApp, type TestOrganization } from '../support';

interface Item {
  id: string;
  name: string | null;
  leadScore: string | null;
  leadStatus: string;
  lastContactAt: string | null;
  createdAt: string;
  updatedAt: string;
}
interface Page {
  items: Item[];
  nextCursor: string | null;
}

let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  clinic = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
});
afterAll(() => app.stop());
afterEach(() => app.db.query('DELETE FROM contacts'));

async function page(query: string, caller = owner): Promise<Page> {
  return (await caller.get(`/contacts?${query}`).expect(200)).body as Page;
}
const names = async (query: string): Promise<(string | null)[]> =>
  (await page(query)).items.map(({ name }) => name);

/** Adds contacts past the API, with times of their own; few values, so that many are equal. */
async function insert(count: number): Promise<string[]> {
  const rows = await app.db.query<{ id: string }>(
    `INSERT INTO contacts (org_id, id, name, lead_score, lead_status, last_contact_at, created_at, updated_at)
     SELECT $1, new_uuid_v7(), (ARRAY['Ana', 'ána', 'Ben', NULL])[1 + (random() * 3)::int],
       (ARRAY['hot', 'warm', 'cold', NULL])[1 + (random() * 3)::int], (ARRAY['new', 'booked', 'lost'])[1 + (random() * 2)::int],
       (ARRAY['2026-01-01T10:00:00.123456Z', '2026-01-01T10:00:00.1231Z', '2026-01-02T10:00:00Z', NULL])[1 + (random() * 3)::int]::timestamptz,
       now() - (random() * 3)::int * interval '1 ms', now() - (random() * 3)::int * interval '1 ms'
     FROM generate_series(1, $2) RETURNING id`,
    [clinic.orgId, count],
  );
  return rows.map(({ id }) => id);
}

describe('pages', () => {
  it('show somebody once whose score changes while they are read', async () => {
    const made = async (leadScore: string): Promise<string> =>
      ((await owner.post('/contacts', { name: 'Ana', leadScore }).expect(201)).body as Item).id;
    const [hot, warm] = [await made('hot'), await made('warm')];
    const { database } = app;
    const rows = await database.runInOrg(systemScope(clinic.orgId), async () => {
      const { tx } = database;
      const read = tx.query.bind(tx);
      const spy = jest.spyOn(tx, 'query').mockImplementation(async (...asked) => {
        const answer = await read(...asked);
        // Between two statements of one page.
        await app.db.query(`UPDATE contacts SET lead_score = 'cold' WHERE id = $1`, [hot]);
        return answer;
      });
      const found = await app.nest
        .get(ContactViewsRepository, { strict: false })
        .sorted({}, sortedBy('-leadScore'), null, 3);
      spy.mockRestore();
      return found;
    });
    expect(rows.map(({ item }) => item.id)).toEqual([hot, warm]);
  });

  it.each([...SORTS])(
    'sorted by %s: nobody is skipped or shown twice while others come and go',
    async (sort) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 7 }),
          fc.array(fc.constantFrom('insert', 'delete', 'nothing'), { minLength: 1, maxLength: 8 }),
          async (limit, meanwhile) => {
            await app.db.query('DELETE FROM contacts');
            const lasting = await insert(14);
            const passing = await insert(6);
            const seen: string[] = [];
            let cursor: string | null = null;
            for (let turn = 0; turn === 0 || cursor; turn++) {
              const { items, nextCursor }: Page = await page(
                `sort=${sort}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`,
              );
              seen.push(...items.map(({ id }) => id));
              cursor = nextCursor;
              const event = meanwhile[turn % meanwhile.length];
              if (event === 'insert' && turn < 8) await insert(1);
              if (event === 'delete')
                await app.db.query('DELETE FROM contacts WHERE id = $1', [passing.pop() ?? newId()]);
            }
            expect(new Set(seen).size).toBe(seen.length);
            expect(seen).toEqual(expect.arrayContaining(lasting));
          },
        ),
        { numRuns: 3 },
      );
    },
  );

  it('come in the order that was asked for, those without a value last either way', async () => {
    await insert(30);
    const last = async (sort: string) => (await page(`sort=${sort}`)).items.map((item) => item.lastContactAt);
    for (const [sort, sign] of [
      ['lastContactAt', 1],
      ['-lastContactAt', -1],
    ] as const) {
      const values = await last(sort);
      const given = values.filter((value) => value !== null);
      expect(values.slice(given.length).every((value) => value === null)).toBe(true);
      expect(given).toEqual([...given].sort((a, b) => sign * a.localeCompare(b)));
    }
    const scores = (await page('sort=-leadScore')).items.map(({ leadScore }) => leadScore);
    const rank = ['hot', 'warm', 'cold', null];
    expect(scores).toEqual([...scores].sort((a, b) => rank.indexOf(a) - rank.indexOf(b)));
  });

  it('a cursor belongs to its filter, its sorting and its organization', async () => {
    await insert(5);
    const { nextCursor } = await page('limit=2&sort=name');
    const cursor = `limit=2&cursor=${String(nextCursor)}`;
    await owner.get(`/contacts?sort=name&${cursor}`).expect(200);
    await owner.get(`/contacts?sort=-name&${cursor}`).expect(400);
    await owner.get(`/contacts?sort=name&leadScore=hot&${cursor}`).expect(400);
    const stranger = as(app, (await anOrganization(app)).ownerToken);
    await stranger.get(`/contacts?sort=name&${cursor}`).expect(400);
  });
});

describe('filters and search', () => {
  beforeEach(async () => {
    const contacts = [
      {
        name: 'Dana Weber',
        phone: '0151 12345678',
        email: 'dw@example.com',
        tags: ['VIP'],
        leadScore: 'hot',
      },
      { name: 'Dána Ünal', phone: '+14155238886', email: 'unal@example.com', serviceInterests: ['Haircut'] },
      { name: 'Hans Danalski', email: 'dana@other.example', tags: ['vip', 'new'], leadScore: 'cold' },
      { name: 'Zoë Straße', leadStatus: 'booked' },
    ];
    for (const contact of contacts) await owner.post('/contacts', contact).expect(201);
  });

  it.each([
    ['leadScore=hot', ['Dana Weber']],
    ['leadStatus=booked', ['Zoë Straße']],
    ['tag=vip&sort=name', ['Dana Weber', 'Hans Danalski']],
    ['tag=vip&tag=NEW', ['Hans Danalski']],
    ['tag=vip&leadScore=hot&q=dan', ['Dana Weber']],
    ['serviceInterest=haircut', ['Dána Ünal']],
    ['createdFrom=2020-01-01T00:00:00Z&leadScore=cold', ['Hans Danalski']],
    ['createdTo=2020-01-01T00:00:00Z', []],
    ['lastContactFrom=2020-01-01T00:00:00Z', []],
    ['tag=no-such&customField=no:such&leadStatus=lost', []],
    ['phone=0151%2012345678', ['Dana Weber']],
    ['phone=%2B49%20151%2012345678', ['Dana Weber']],
    ['phone=nonsense', []],
  ])('%s finds %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it.each([
    ['dana', ['Dána Ünal', 'Dana Weber', 'Hans Danalski']],
    ['DÁNA W', ['Dana Weber']],
    ['weber', ['Dana Weber']],
    ['weber da', ['Dana Weber']],
    ['unal', ['Dána Ünal']],
    ['strasse', ['Zoë Straße']],
    ['dana@', ['Hans Danalski']],
    ['0151 123', ['Dana Weber']],
    ['+49151', ['Dana Weber']],
    ['1415', ['Dána Ünal']],
    ['0049151', ['Dana Weber']],
    ['nobody', []],
    ['%', []],
  ])('q=%s finds %j', async (typed, expected) => {
    expect(await names(`q=${encodeURIComponent(typed)}`)).toEqual(expected);
  });

  it('what is found can be paged, and sorted otherwise', async () => {
    const first = await page('q=dana&limit=1');
    const second = await page(`q=dana&limit=2&cursor=${String(first.nextCursor)}`);
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([
      'Dána Ünal',
      'Dana Weber',
      'Hans Danalski',
    ]);
    expect(second.nextCursor).toBeNull();
    expect(await names('q=dana&sort=-name')).toEqual(['Hans Danalski', 'Dana Weber', 'Dána Ünal']);
  });

  it('a filter finds those who resemble less than 300 others do', async () => {
    await app.db.query(
      `INSERT INTO contacts (org_id, id, name) SELECT $1, new_uuid_v7(), 'Dana Weber' FROM generate_series(1, 300)`,
      [clinic.orgId],
    );
    const made = { name: 'Dana Weberling', tags: ['rare'] };
    const { body } = await owner.post('/contacts', made).expect(201);
    const found = await page('similar=Dana%20Weber&tag=rare');
    expect(found).toMatchObject({ items: [{ id: (body as Item).id }], nextCursor: null });
  });

  it('what is misspelt is found by similarity, the most similar first, within the filters', async () => {
    expect((await names('similar=Dana%20Webber'))[0]).toBe('Dana Weber');
    expect((await names('similar=Danalsky'))[0]).toBe('Hans Danalski');
    expect(await names('similar=Danalsky&tag=new')).toEqual(['Hans Danalski']);
    expect(await names('similar=xyzxyz')).toEqual([]);
    // As it is written, and with two figures in the wrong order.
    for (const typed of ['0151 12345687', '+49 151 / 1234 5687'])
      expect((await names(`similar=${encodeURIComponent(typed)}`))[0]).toBe('Dana Weber');
    const { body: sorted } = await owner.get('/contacts?similar=dana&sort=name').expect(422);
    expect(sorted).toMatchObject({ code: 'similar_not_sorted', errors: [{ field: 'sort' }] });
    const first = await page('similar=dana&limit=1');
    const rest = await page(`similar=dana&limit=50&cursor=${String(first.nextCursor)}`);
    const all = [...first.items, ...rest.items].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(1);
  });

  it.each([
    'sort=phone',
    'leadScore=boiling',
    'leadStatus=x',
    'customField=size',
    'createdFrom=yesterday',
    'limit=201',
  ])('%s is refused by field', async (query) => {
    const { body } = await owner.get(`/contacts?${query}`).expect(422);
    expect((body as { errors: { field: string }[] }).errors[0]?.field).toBe(query.split('=')[0]);
  });
});
