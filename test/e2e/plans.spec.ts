import { systemScope, type OrgScope } from '../../src/common/context';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';
import { indexesOf, planOf, statementsOf } from '../support/plans';

/**
 * Many organizations of 100 threads each, and the one that is asked for; past triggers, since only reading is looked at.
 * Statistics are made, so that the planner decides as it would in use.
 */
const FILL = `
  SET session_replication_role = replica;
  INSERT INTO organizations (id, name, slug) SELECT new_uuid_v7(), 'Other', 'other-' || i FROM generate_series(1, 100) i;
  INSERT INTO contacts (org_id, id, name, phone) SELECT o.id, new_uuid_v7(), 'C', '+1555' || lpad(i::text, 7, '0')
    FROM organizations o, generate_series(1, 100) i;
  INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number) SELECT org_id, new_uuid_v7(), id, phone FROM contacts;
  INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, friendly_name, credentials,
      credentials_key_id, webhook_verify_token)
    SELECT id, new_uuid_v7(), 'twilio', 'whatsapp', '+1555' || lpad(i::text, 7, '0'), 'AC', 'N', '-', id, '-'
    FROM organizations, generate_series(1, 20) i;
  INSERT INTO conversations (org_id, id, contact_id, contact_address, last_message_at)
    SELECT org_id, new_uuid_v7(), id, phone, now() - random() * interval '30 days' FROM contacts;
  INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status, created_at)
    SELECT org_id, new_uuid_v7(), id, 'incoming', 'Hello', 'contact', 'received', now() - i * interval '1 minute'
    FROM conversations, generate_series(1, 10) i;
  INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified,
      processing_status, response_status, received_at)
    SELECT new_uuid_v7(), id, 'twilio_whatsapp', 'message_inbound', '/', 'POST', '{}', '{}', true, 'processed', 200,
      now() - i * interval '1 second' FROM organizations, generate_series(1, 300) i;
  UPDATE webhook_logs SET external_id = 'SM' || id, connection_id = new_uuid_v7();
  INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified, verdict,
      processing_status, response_status, received_at, replay_count)
    SELECT new_uuid_v7(), id, 'twilio_whatsapp', 'call_status', '/', 'POST', '{}', '{}', false, 'webhook_signature_invalid', 'failed',
      403, now() - i * interval '1 minute', 1 FROM organizations, generate_series(1, 3) i;
  SET session_replication_role = DEFAULT;
  ANALYZE;`;

/** An index of one month of the log. */
const logIndex = (name: string): RegExp => new RegExp(`^webhook_logs_\\d{4}_\\d{2}_${name}$`);

describe('what the product reads, under row-level security, with 100 other organizations', () => {
  let app: TestApp;
  let owner: Caller;
  let scope: OrgScope;
  let conversationId: string;
  let messageId: string;
  let contactId: string;

  beforeAll(async () => {
    app = await testApp({ env: { ROLE: 'api' } });
    const organization = await anOrganization(app);
    owner = as(app, organization.ownerToken);
    scope = { ...systemScope(organization.orgId), pool: 'app', readOnly: true };
    await app.db.query(FILL);
    const [row] = await app.db.query<{ conversation: string; message: string; contact: string }>(
      `SELECT v.id AS conversation, m.id AS message, v.contact_id AS contact
       FROM conversations v JOIN messages m ON m.org_id = v.org_id AND m.conversation_id = v.id WHERE v.org_id = $1 LIMIT 1`,
      [organization.orgId],
    );
    conversationId = row?.conversation ?? '';
    messageId = row?.message ?? '';
    contactId = row?.contact ?? '';
  });
  afterAll(() => app.stop());

  const cases: readonly (readonly [what: string, path: () => string, index: RegExp])[] = [
    ['conversations', () => '/conversations', /^idx_conversations_org_last_message$/],
    ['conversations by status', () => '/conversations?status=pending', /^idx_conversations_org_status$/],
    ['one conversation', () => `/conversations/${conversationId}`, /^conversations_pkey$/],
    [
      'messages of a conversation',
      () => `/conversations/${conversationId}/messages`,
      /^idx_messages_org_conversation$/,
    ],
    ['one message', () => `/messages/${messageId}`, /^messages_pkey$/],
    ['one contact', () => `/contacts/${contactId}`, /^contacts_pkey$/],
    ['webhook logs', () => '/webhook-logs', logIndex('org_id_received_at_id_idx')],
    ['webhook logs by status', () => '/webhook-logs?status=failed', logIndex('org_id_processing_status_.*')],
    ['webhook logs by source', () => '/webhook-logs?source=twilio_sms', logIndex('org_id_webhook_source_.*')],
    [
      'webhook logs by type',
      () => '/webhook-logs?type=recording_status',
      logIndex('org_id_webhook_source_.*'),
    ],
    ['webhook logs by external id', () => '/webhook-logs?externalId=SM1', logIndex('external_id_idx')],
    [
      'webhook logs of a connection',
      () => `/webhook-logs?connectionId=${messageId}`,
      logIndex('org_id_connection_id_received_at_idx'),
    ],
    ...(['verified=false', 'verdict=ambiguous_webhook', 'responseStatus=403', 'replayed=true'] as const).map(
      (filter) =>
        [
          `webhook logs, ${filter}`,
          () => `/webhook-logs?${filter}`,
          // The unverified and the replayed have one each, named alike.
          logIndex('org_id_received_at_id_idx[12]'),
        ] as const,
    ),
  ];

  it.each(cases)(
    '%s: by the index that is meant for it, never by a whole table',
    async (_what, path, index) => {
      const [statement] = await statementsOf(owner, path());
      const nodes = await planOf(app, scope, statement ?? { sql: '', params: [] });
      const indexes = indexesOf(nodes);
      expect(indexes).toContainEqual(expect.stringMatching(index));
      const whole = nodes
        .filter((node) => node['Node Type'] === 'Seq Scan')
        .map((node) => node['Relation Name']);
      // Of a month that holds nothing yet, reading all is reading nothing.
      expect(whole.filter((relation) => !relation?.startsWith('webhook_logs_'))).toEqual([]);
    },
  );

  it('sees a table that is read whole', async () => {
    const nodes = await planOf(app, scope, {
      sql: 'SELECT id FROM messages WHERE body LIKE $1',
      params: ['%x%'],
    });
    expect(nodes.map((node) => node['Index Name'])).not.toContain('messages_pkey');
  });
});
