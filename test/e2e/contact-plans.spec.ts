import { systemScope, type OrgScope } from '../../src/common/context';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';
import { indexesOf, nodesOf, planOf, statementsOf, type PlanNode } from '../support/plans';

/**
 * 100 other organizations of 100 contacts, and the one that is asked for with 5,000; past triggers, facets by hand.
 * Everybody has some tag: a table of facets of only a few pages would be read whole, or not, by chance.
 */
const fill = (orgId: string): string => `
  SET session_replication_role = replica;
  INSERT INTO organizations (id, name, slug) SELECT new_uuid_v7(), 'Other', 'other-' || i FROM generate_series(1, 100) i;
  INSERT INTO contacts (org_id, id, name, phone, email, lead_status, lead_score, tags, service_interests, custom_fields, last_contact_at, updated_at)
    SELECT o.id, new_uuid_v7(), chr(65 + i % 26) || 'na ' || chr(65 + i / 26 % 26) || 'eber' || i % 7, '+1555' || lpad(i::text, 7, '0'),
      'user' || i || '@example.com', (ARRAY['new', 'contacted', 'lost'])[1 + i % 3], (ARRAY['hot', 'warm', NULL])[1 + i % 3],
      CASE WHEN i % 97 = 0 THEN '{vip}' ELSE ARRAY['tag' || i % 500] END::text[], CASE WHEN i % 89 = 0 THEN '{haircut}' ELSE '{}' END::text[],
      CASE WHEN i % 83 = 0 THEN '{"size": "M"}' ELSE '{}' END::jsonb, now() - i * interval '1 minute', now() - i * interval '1 second'
    FROM organizations o, generate_series(1, CASE WHEN o.id = '${orgId}' THEN 5000 ELSE 100 END) i;
  INSERT INTO contact_facets (org_id, facet, contact_id)
    SELECT org_id, facet, id FROM contacts, unnest(facets_of_contact(tags, service_interests, custom_fields)) facet;
  SET session_replication_role = DEFAULT;
  VACUUM ANALYZE contacts, contact_facets;`;

let app: TestApp;
let owner: Caller;
let scope: OrgScope;

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  const organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
  scope = { ...systemScope(organization.orgId), pool: 'app', readOnly: true };
  for (const statement of fill(organization.orgId).split(';\n')) await app.db.query(statement);
});
afterAll(() => app.stop());

const cases: readonly (readonly [what: string, query: string, index: string])[] = [
  ['all, newest change first', '', 'idx_contacts_org_updated'],
  ['by status', 'leadStatus=lost', 'idx_contacts_org_status_updated'],
  ['by status, second page', 'leadStatus=lost', 'idx_contacts_org_status_updated'],
  ['by score', 'leadScore=hot', 'idx_contacts_org_score_updated'],
  ['in the order of scores', 'sort=-leadScore', 'idx_contacts_org_score_updated'],
  ['in the order of statuses', 'sort=leadStatus', 'idx_contacts_org_status_updated'],
  ['by last contact', 'sort=-lastContactAt', 'idx_contacts_last_contact'],
  ['by last contact, second page', 'sort=-lastContactAt', 'idx_contacts_last_contact'],
  ['by last contact, the other way round', 'sort=lastContactAt', 'idx_contacts_last_contact'],
  ['by creation', 'sort=-createdAt', 'idx_contacts_org_created'],
  ['by name', 'sort=name', 'idx_contacts_org_name'],
  ['by name, second page', 'sort=name', 'idx_contacts_org_name'],
  ['by tag', 'tag=VIP', 'contact_facets_pkey'],
  ['by service interest', 'serviceInterest=haircut', 'contact_facets_pkey'],
  ['by custom field', 'customField=size:m', 'contact_facets_pkey'],
  ['one phone', 'phone=%2B15550000042', 'idx_contacts_org_phone'],
  ['the beginning of a phone', 'q=%2B155500000', 'idx_contacts_org_phone'],
  ['the beginning of a name', 'q=an', 'idx_contacts_org_name'],
  ['the beginning of an address', 'q=user42@', 'idx_contacts_org_email'],
];

describe('lists of contacts, under row-level security', () => {
  it.each(cases)('%s: by the index that is meant for it', async (what, query, index) => {
    let path = `/contacts?limit=20&${query}`;
    if (what.endsWith('second page')) {
      const { body } = await owner.get(path);
      path += `&cursor=${(body as { nextCursor: string }).nextCursor}`;
    }
    const statements = await statementsOf(owner, path);
    const lists = statements.filter(({ sql }) => sql.includes('FROM contacts c'));
    expect(lists.length).toBeGreaterThan(0);
    for (const statement of lists) {
      const nodes = await planOf(app, scope, statement);
      expect(indexesOf(nodes)).toContain(index);
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    }
  });

  it.each([
    ['the last word of a name', 'q=aeber', 'idx_contacts_org_surname'],
    ['an address that begins like a name', 'q=user4', 'idx_contacts_org_email'],
  ])('%s is looked for beside names, by its own index', async (_what, query, index) => {
    const statements = await statementsOf(owner, `/contacts?limit=200&${query}`);
    const lists = statements.filter(({ sql }) => sql.includes('FROM contacts c'));
    expect(lists).toHaveLength(1);
    const nodes = await planOf(app, scope, lists[0] ?? { sql: '', params: [] });
    expect(indexesOf(nodes)).toEqual(expect.arrayContaining(['idx_contacts_org_name', index]));
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });

  it('a prefix is a range of the index, not a filter', async () => {
    const [statement] = await statementsOf(owner, '/contacts?q=an');
    const nodes = await planOf(app, scope, statement ?? { sql: '', params: [] });
    const conditions = nodes.flatMap((node) => node['Index Cond'] ?? []);
    expect(conditions.join()).toMatch(/name_key >= 'an'.*name_key < 'ao'/);
  });

  it('similar ones: from the nearest on, within the organization, by the trigram index', async () => {
    const [{ body } = { body: '' }] = await app.db.query<{ body: string }>(
      `SELECT prosrc AS body FROM pg_proc WHERE proname = 'find_similar_contacts'`,
    );
    await app.db.query(`BEGIN; SET LOCAL ROLE frontdesk_definer; SET LOCAL app.org_id = '${scope.orgId}'`);
    const sql = body.replaceAll('wanted', `'ana weber'`).replaceAll('most', '51');
    const [row] = await app.db.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${sql}`);
    await app.db.query('ROLLBACK');
    const scan = nodesOf(row!['QUERY PLAN'][0].Plan).find((node) => node['Index Name'] !== undefined);
    expect(scan).toMatchObject({
      'Index Name': 'idx_contacts_similar',
      'Index Cond': expect.stringContaining('org_id'),
      'Order By': expect.stringContaining('search_text'),
    });
    const statements = await statementsOf(owner, '/contacts?similar=Anna%20Weber');
    const nodes = await planOf(app, scope, statements[0] ?? { sql: '', params: [] });
    expect(indexesOf(nodes)).toContain('contacts_pkey');
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });
});
