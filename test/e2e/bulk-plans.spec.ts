import { newId, systemScope, type OrgScope } from '../../src/common/context';
import { Transaction } from '../../src/common/database/transaction';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';
import { indexesOf, planOf, type Statement } from '../support/plans';

/** 100 other organizations of 100 contacts, and the one that is asked for with 10,000; past triggers. */
const fill = (orgId: string, connectionId: string): string => `
  SET session_replication_role = replica;
  INSERT INTO organizations (id, name, slug) SELECT new_uuid_v7(), 'Other', 'other-' || i FROM generate_series(1, 100) i;
  INSERT INTO contacts (org_id, id, name, phone, tags)
    SELECT o.id, new_uuid_v7(), 'C', '+1555' || lpad(i::text, 7, '0'), CASE WHEN i % 499 = 0 THEN '{vip,all}' ELSE '{all}' END::text[]
    FROM organizations o, generate_series(1, CASE WHEN o.id = '${orgId}' THEN 10000 ELSE 100 END) i;
  INSERT INTO contact_facets (org_id, facet, contact_id)
    SELECT org_id, facet, id FROM contacts, unnest(facets_of_contact(tags, service_interests, custom_fields)) facet;
  INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
    SELECT org_id, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'import', now() FROM contacts;
  INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, whatsapp_opted_in)
    SELECT org_id, new_uuid_v7(), id, phone, true FROM contacts;
  INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, friendly_name, credentials,
      credentials_key_id, webhook_verify_token)
    SELECT '${orgId}', '${connectionId}', 'twilio', 'whatsapp', '+15550000000', 'AC', 'N', '-', '${connectionId}', '-';
  INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at)
    SELECT org_id, new_uuid_v7(), id, '${connectionId}', phone, now() FROM contacts;
  SET session_replication_role = DEFAULT;
  VACUUM ANALYZE contacts, contact_facets, phone_number_mappings, conversations;`;

let app: TestApp;
let owner: Caller;
let scope: OrgScope;
const connectionId = newId();
const templateId = newId();

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  const organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
  scope = { ...systemScope(organization.orgId), pool: 'app', readOnly: true };
  for (const statement of fill(organization.orgId, connectionId).split(';\n')) await app.db.query(statement);
  await app.db.query(
    `INSERT INTO message_templates (org_id, id, kind, name, language, consent_purpose, body)
     VALUES ($1, $2, 'text', 'own', 'en', 'transactional', 'We are closed.')`,
    [organization.orgId, templateId],
  );
});
afterAll(() => app.stop());

/** The statements about contacts that a preview sends. */
async function previewed(segment: object): Promise<Statement[]> {
  const sent: Statement[] = [];
  const original = Transaction.prototype.query as (
    sql: string,
    params?: readonly unknown[],
  ) => Promise<never>;
  const spy = jest.spyOn(Transaction.prototype, 'query').mockImplementation(function (
    this: Transaction,
    sql: string,
    params: readonly unknown[] = [],
  ) {
    sent.push({ sql, params });
    return original.call(this, sql, params);
  });
  const wish = { segment, connectionId: connectionId, templateId };
  const { status } = await owner.post('/bulk-sends/preview', wish);
  spy.mockRestore();
  expect(status).toBe(200);
  return sent.filter(({ sql }) => sql.includes('contacts c'));
}

describe('a preview, under row-level security', () => {
  it('counts by one statement, which reads a small segment by its index', async () => {
    const statements = await previewed({ tag: ['vip'] });
    const counts = statements.filter(({ sql }) => sql.includes('count(*)'));
    expect(counts).toHaveLength(1);
    const nodes = await planOf(app, scope, counts[0]!);
    expect(indexesOf(nodes)).toContain('contact_facets_pkey');
    expect(indexesOf(nodes)).toContainEqual(
      expect.stringMatching(/^idx_phone_mappings_(tenant_phone|phone_number)$/),
    );
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });

  it('reads one person by their number, their thread and their consent by index', async () => {
    const [counts] = await previewed({ phone: '+15550000042' });
    const nodes = await planOf(app, scope, counts!);
    expect(indexesOf(nodes)).toEqual(
      expect.arrayContaining([
        'idx_contacts_org_phone',
        'idx_phone_mappings_tenant_phone',
        'conversations_contact_connection_key',
      ]),
    );
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });

  it('reads everybody once, and looks nobody up one by one', async () => {
    const [counts] = await previewed({});
    const nodes = await planOf(app, scope, counts!);
    expect(nodes.filter((node) => node['Node Type'] === 'Nested Loop')).toEqual([]);
  });
});
