import { DispatchQueue, LANES } from '../../src/modules/conversations/db/dispatch-queue.repository';
import { aBusiness, anInstallation, type TestBusiness, type TestInstallation } from '../support/business';
import { indexesOf, planOf, statementsDuring, type Statement } from '../support/plans';

/** Threads of one connection with what is done and what waits; past triggers, since only finding is looked at. */
const FILL = (orgId: string, connectionId: string) => `
  SET session_replication_role = replica;
  INSERT INTO contacts (org_id, id, name, phone)
    SELECT '${orgId}', new_uuid_v7(), 'C', '+1555' || lpad(i::text, 7, '0') FROM generate_series(1, ${THREADS}) i;
  INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
    SELECT org_id, new_uuid_v7(), phone, 'whatsapp', 'opt_in', 'inbound_message', now() FROM contacts WHERE org_id = '${orgId}';
  INSERT INTO phone_number_mappings (org_id, id, contact_id, phone_number, whatsapp_opted_in, whatsapp_opted_in_at)
    SELECT org_id, new_uuid_v7(), id, phone, true, now() FROM contacts WHERE org_id = '${orgId}';
  INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at)
    SELECT org_id, new_uuid_v7(), id, '${connectionId}', phone, now() FROM contacts WHERE org_id = '${orgId}';
  INSERT INTO messages (org_id, id, conversation_id, connection_id, direction, purpose, body, author_type, status, queued_at,
      provider_message_id, attempted_at)
    SELECT org_id, new_uuid_v7(), id, connection_id, 'outgoing', 'bulk', 'Hello', 'system',
      CASE WHEN i <= ${DONE} THEN 'delivered' ELSE 'queued' END, now() - i * interval '1 minute',
      CASE WHEN i <= ${DONE} THEN 'SM' || id || i END, CASE WHEN i <= ${DONE} THEN now() END
    FROM conversations, generate_series(1, ${DONE + 1}) i WHERE org_id = '${orgId}';
  SET session_replication_role = DEFAULT;
  ANALYZE;`;
const THREADS = 5_000;
const DONE = 10;

describe('what a dispatch asks of the queue, under row-level security, beside many messages that are done', () => {
  let place: TestInstallation;
  let business: TestBusiness;
  let queue: DispatchQueue;

  beforeAll(async () => {
    place = await anInstallation({ env: { ROLE: 'api' } });
    business = await aBusiness(place);
    await place.app.db.query(FILL(business.orgId, business.connection.id));
    queue = place.app.nest.get(DispatchQueue, { strict: false });
  });
  afterAll(() => place.stop());

  const moment = () => ({ now: new Date(), since: new Date(Date.now() - 3_600_000) });

  /** The statements of some work, which is undone. */
  async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
    let sent: Statement[] = [];
    const undone = new Error('undone');
    const run = place.app.database.runInOrg(business.scope, async () => {
      sent = await statementsDuring(work);
      throw undone;
    });
    await expect(run).rejects.toBe(undone);
    return sent;
  }

  const cases: readonly (readonly [string, () => Promise<unknown>, readonly RegExp[]])[] = [
    [
      'which are next',
      () => queue.lockDue(business.connection.id, LANES.bulk, 50, moment()),
      [/^idx_messages_dispatch$/, /^idx_messages_turn$/],
    ],
    ['when the next is due', () => queue.next(business.connection.id, moment()), [/^idx_messages_dispatch$/]],
    [
      'how many are under way',
      () => queue.bulkUnderWay(business.connection.id, moment().since),
      [/^idx_messages_(handed_over|unfinished|turn)$/],
    ],
  ];

  it.each(cases)(
    '%s: by the indexes that are meant for it, never by a whole table',
    async (_what, work, wanted) => {
      for (const statement of await statementsOf(work)) {
        const nodes = await planOf(place.app, business.scope, statement);
        for (const index of wanted) expect(indexesOf(nodes)).toContainEqual(expect.stringMatching(index));
        const whole = nodes.filter(
          (node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'messages',
        );
        expect(whole).toEqual([]);
        // Whatever is sorted, it is not all that waits.
        expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
      }
    },
  );

  it('begins to hand over by their ids', async () => {
    const ids = await place.app.db.query<{ id: never }>(
      `SELECT id FROM messages WHERE org_id = $1 AND status = 'queued' LIMIT 50`,
      [business.orgId],
    );
    const [statement] = await statementsOf(() =>
      queue.take(
        ids.map(({ id }) => id),
        '1',
        moment(),
      ),
    );
    const nodes = await planOf(place.app, business.scope, statement!);
    expect(indexesOf(nodes)).toContainEqual(
      expect.stringMatching(/^(messages_pkey|idx_messages_unfinished)$/),
    );
    expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
  });
});
