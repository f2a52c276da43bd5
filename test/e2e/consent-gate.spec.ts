import fc from 'fast-check';
import { Client } from 'pg';
import { newId, systemScope, type Uuid } from '../../src/common/context';
import { Consent, type Channel, type ConsentPurpose } from '../../src/modules/channels';
import {
  consentState,
  type ConsentSource,
  type LedgerEntry,
} from '../../src/modules/channels/domain/consent';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
const PURPOSES = ['transactional', 'marketing'] as const;
const LINES = CHANNELS.flatMap((channel) => PURPOSES.map((purpose) => ({ channel, purpose })));
const flagOf = (channel: Channel, purpose: ConsentPurpose) =>
  purpose === 'marketing' ? `${channel}_marketing_opted_in` : `${channel}_opted_in`;

/** Everybody who can write SQL, with what they say first. */
const WRITERS = ['frontdesk_app', 'frontdesk_service', 'frontdesk_owner', 'superuser', 'replica'] as const;
type Writer = (typeof WRITERS)[number];

let place: TestInstallation;
let business: TestBusiness;
let talk: TestConversation;
/** A thread with the same person on each channel. */
let threads: Readonly<Record<Channel, Uuid>>;
let clients: Readonly<Record<Writer, Client>>;

const query = <Row extends Record<string, unknown>>(sql: string, params: readonly unknown[] = []) =>
  place.app.db.query<Row>(sql, params);
const say = (
  phone: string,
  action: 'opt_in' | 'opt_out',
  line: { channel: Channel; purpose: ConsentPurpose },
) =>
  place.app.database.runInOrg(systemScope(business.orgId), () =>
    place.app.nest
      .get(Consent, { strict: false })
      .record({ phone, ...line, action, source: 'api', evidence: {}, at: new Date() }),
  );

/** One writer's statement, undone if it was obeyed. */
async function tries(writer: Writer, sql: string, params: readonly unknown[] = []): Promise<void> {
  const client = clients[writer];
  await client.query(`BEGIN; SELECT set_config('app.org_id', '${business.orgId}', true)`);
  try {
    await client.query(sql, params as unknown[]);
  } finally {
    await client.query('ROLLBACK');
  }
}

const REFUSED = { code: '23514', constraint: 'messages_consent' };
const FORGED = { code: '23514', constraint: 'phone_mappings_consent' };

const INSERT = `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, consent_purpose, body, author_type,
    in_reply_to, status, attempt, attempted_at, held_because, held_until)
  VALUES ($1, $2, $3, 'outgoing', $4, $5, 'x', 'system', $6, $7::text, 1, now(),
    CASE WHEN $7::text = 'held' THEN 'scheduled' END, CASE WHEN $7::text = 'held' THEN now() END)`;

interface Written {
  readonly thread?: Uuid;
  readonly purpose?: string;
  readonly about?: ConsentPurpose;
  readonly inReplyTo?: Uuid | null;
  readonly status?: string;
}
const insert = (
  writer: Writer,
  {
    thread = threads.whatsapp,
    purpose = 'reply',
    about = 'transactional',
    inReplyTo = null,
    status = 'queued',
  }: Written,
) => tries(writer, INSERT, [business.orgId, newId(), thread, purpose, about, inReplyTo, status]);

/** The same person on another channel, by hand: nothing connects those yet. */
async function threadOn(channel: Channel): Promise<Uuid> {
  const [connection, thread] = [newId(), newId()];
  await query(
    `INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, friendly_name, credentials,
       credentials_key_id, webhook_verify_token)
     SELECT org_id, $2, provider, $3, address, provider_account_id, 'other', credentials, credentials_key_id, $4
     FROM channel_connections WHERE org_id = $1 AND channel = 'whatsapp'`,
    [business.orgId, connection, channel, String(connection)],
  );
  await query(
    `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at)
     SELECT org_id, $2, contact_id, $3, contact_address, now() FROM conversations WHERE id = $1`,
    [talk.id, thread, connection],
  );
  return thread;
}

async function aClient(writer: Writer): Promise<Client> {
  const { db } = place.app;
  const isLogin = writer === 'frontdesk_app' || writer === 'frontdesk_service';
  const client = new Client({ connectionString: isLogin ? db.urlAs(writer) : db.adminUrl });
  await client.connect();
  if (writer === 'frontdesk_owner') await client.query('SET ROLE frontdesk_owner');
  if (writer === 'replica') await client.query(`SET session_replication_role = 'replica'`);
  return client;
}

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  talk = await aConversation(place, business);
  threads = { whatsapp: talk.id, sms: await threadOn('sms'), voice: await threadOn('voice') };
  clients = Object.fromEntries(
    await Promise.all(WRITERS.map(async (writer) => [writer, await aClient(writer)] as const)),
  ) as Record<Writer, Client>;
});
afterAll(async () => {
  await Promise.all(Object.values(clients).map((client) => client.end()));
  await place.stop();
});

describe.each(WRITERS)('SQL by hand as %s', (writer) => {
  beforeAll(async () => {
    for (const line of LINES) await say(talk.customer.phone, 'opt_out', line);
  });

  test.each(LINES)('makes no $purpose message on $channel', async ({ channel, purpose }) => {
    const thread = threads[channel];
    for (const kind of ['reply', 'bulk'])
      for (const status of ['queued', 'held', 'sending', 'unknown', 'sent', 'delivered', 'failed'])
        await expect(insert(writer, { thread, purpose: kind, about: purpose, status })).rejects.toMatchObject(
          REFUSED,
        );
  });

  test.each(LINES)(
    'hands over no $purpose message on $channel that was made before the opt-out',
    async ({ channel, purpose }) => {
      const { phone } = talk.customer;
      const id = newId();
      await say(phone, 'opt_in', { channel, purpose });
      await query(INSERT, [business.orgId, id, threads[channel], 'reply', purpose, null, 'queued']);
      const claim = (status: string) =>
        tries(
          writer,
          `UPDATE messages SET status = $2, attempt = attempt + 1, attempted_at = clock_timestamp() WHERE id = $1`,
          [id, status],
        );
      await expect(claim('sending')).resolves.toBeUndefined();
      await expect(insert(writer, { thread: threads[channel], about: purpose })).resolves.toBeUndefined();
      await say(phone, 'opt_out', { channel, purpose });
      await expect(claim('sending')).rejects.toMatchObject(REFUSED);
      await query(`UPDATE messages SET status = 'unknown' WHERE id = $1`, [id]);
      await expect(claim('sending')).rejects.toMatchObject(REFUSED);
      // What becomes of it may be told all the same.
      await expect(claim('failed')).resolves.toBeUndefined();
      await expect(
        tries(writer, `UPDATE messages SET status = 'sending', provider_message_id = $2 WHERE id = $1`, [
          id,
          `SM${id}`,
        ]),
      ).resolves.toBeUndefined();
      await query(`UPDATE messages SET status = 'failed' WHERE id = $1`, [id]);
    },
  );

  test('turns nothing that a customer wrote into a message of ours', async () => {
    await expect(
      tries(
        writer,
        `UPDATE messages SET direction = 'outgoing', status = 'queued' WHERE conversation_id = $1`,
        [talk.id],
      ),
    ).rejects.toMatchObject(REFUSED);
  });

  test.each(LINES)(
    'cannot say that $purpose messages on $channel are wanted',
    async ({ channel, purpose }) => {
      const flag = flagOf(channel, purpose);
      await expect(
        tries(writer, `UPDATE phone_number_mappings SET ${flag} = true WHERE phone_number = $1`, [
          talk.customer.phone,
        ]),
      ).rejects.toMatchObject(FORGED);
      await expect(
        tries(
          writer,
          `INSERT INTO phone_number_mappings (org_id, id, phone_number, ${flag}) VALUES ($1, $2, '+4915100000001', true)`,
          [business.orgId, newId()],
        ),
      ).rejects.toMatchObject(FORGED);
    },
  );

  test("cannot give somebody's consent to another number", async () => {
    const phone = `+49151000${WRITERS.indexOf(writer)}100`;
    await say(phone, 'opt_in', { channel: 'sms', purpose: 'marketing' });
    await expect(
      tries(
        writer,
        `UPDATE phone_number_mappings SET phone_number = '+4915100000002' WHERE phone_number = $1`,
        [phone],
      ),
    ).rejects.toMatchObject(FORGED);
  });

  test('forges no confirmation', async () => {
    const stopped = await aConversation(place, business);
    await stopped.customer.writes('STOP');
    await place.quiet();
    const incoming = async (thread: Uuid, body: string): Promise<Uuid> => {
      const [row] = await query<{ id: Uuid }>(
        `SELECT id FROM messages WHERE conversation_id = $1 AND direction = 'incoming' AND body = $2`,
        [thread, body],
      );
      return row!.id;
    };
    const reply = (thread: Uuid, inReplyTo: Uuid | null) =>
      insert(writer, { thread, purpose: 'consent_reply', inReplyTo });
    await expect(reply(talk.id, null)).rejects.toMatchObject(REFUSED);
    await expect(reply(talk.id, await incoming(talk.id, 'Hello'))).rejects.toMatchObject(REFUSED);
    await expect(reply(talk.id, await incoming(stopped.id, 'STOP'))).rejects.toMatchObject(REFUSED);
    await expect(reply(stopped.id, await incoming(stopped.id, 'Hello'))).rejects.toMatchObject(REFUSED);
    // The true one is there already, and refused for that alone.
    await expect(reply(stopped.id, await incoming(stopped.id, 'STOP'))).rejects.toMatchObject({
      constraint: 'messages_one_consent_reply',
    });
  });

  test('changes nothing of what was said', async () => {
    await expect(tries(writer, `UPDATE consent_events SET action = 'opt_in'`)).rejects.toThrow();
    await expect(tries(writer, `DELETE FROM consent_events`)).rejects.toThrow();
  });
});

describe('the gate', () => {
  test('closes with an opt-out that is written by hand, and with that of its line alone', async () => {
    const { id, customer } = await aConversation(place, business);
    const { phone } = customer;
    await say(phone, 'opt_in', { channel: 'whatsapp', purpose: 'marketing' });
    await query(
      `INSERT INTO consent_events (org_id, id, phone, channel, purpose, action, source, at)
       VALUES ($1, $2, $3, 'whatsapp', 'marketing', 'opt_out', 'api', now())`,
      [business.orgId, newId(), phone],
    );
    await expect(insert('superuser', { thread: id, about: 'marketing' })).rejects.toMatchObject(REFUSED);
    await expect(insert('superuser', { thread: id })).resolves.toBeUndefined();
  });

  test('is shut for a number that is suspended, and without a number of ours', async () => {
    const { id, customer } = await aConversation(place, business);
    const set = (status: string) =>
      query('UPDATE phone_number_mappings SET status = $2 WHERE phone_number = $1', [customer.phone, status]);
    await set('suspended');
    await expect(insert('frontdesk_service', { thread: id })).rejects.toMatchObject(REFUSED);
    await set('active');
    await expect(insert('frontdesk_service', { thread: id })).resolves.toBeUndefined();
    await query('UPDATE conversations SET connection_id = NULL WHERE id = $1', [id]);
    await expect(insert('frontdesk_service', { thread: id })).rejects.toMatchObject(REFUSED);
  });

  test('lets requests write no consent', async () => {
    await expect(
      tries(
        'frontdesk_app',
        `INSERT INTO consent_events (org_id, id, phone, channel, action, source, at)
         VALUES ($1, $2, '+4915100000003', 'sms', 'opt_in', 'api', now())`,
        [business.orgId, newId()],
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('holds an opt-out back until the transaction that made the message is over', async () => {
    const { id, customer } = await aConversation(place, business);
    const writer = clients.frontdesk_service;
    await writer.query(`BEGIN; SELECT set_config('app.org_id', '${business.orgId}', true)`);
    await writer.query(INSERT, [business.orgId, newId(), id, 'reply', 'transactional', null, 'failed']);
    let recorded = false;
    const optOut = say(customer.phone, 'opt_out', { channel: 'whatsapp', purpose: 'transactional' }).then(
      () => (recorded = true),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(recorded).toBe(false);
    await writer.query('COMMIT');
    await optOut;
    expect(recorded).toBe(true);
  });

  test('tells whoever wrote a message through the API', async () => {
    const { id, customer } = await aConversation(place, business);
    await say(customer.phone, 'opt_out', { channel: 'whatsapp', purpose: 'transactional' });
    const { body } = await business.owner.post(`/conversations/${id}/messages`, { text: 'Hi' }).expect(422);
    expect(body).toMatchObject({ code: 'contact_opted_out' });
  });
});

test('the database and the program come to the same, whatever the ledger says', async () => {
  const sources: ConsentSource[] = [
    ...(['keyword', 'inbound_message', 'api', 'import', 'console', 'provider_error', 'suppression'] as const),
  ];
  const entry = fc.record({
    action: fc.constantFrom('opt_in' as const, 'opt_out' as const),
    source: fc.constantFrom(...sources),
    at: fc.nat(6).map((second) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))),
  });
  let phones = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 40, maxLength: 40 }),
      async (all) => {
        const ledgers = all.map((entries) => ({ phone: `+49152${1_000_000 + phones++}`, entries }));
        await query(
          `INSERT INTO consent_events (org_id, id, phone, channel, purpose, action, source, at)
         SELECT $1, new_uuid_v7(), e.phone, 'sms', 'marketing', e.action, e.source, e.at
         FROM json_to_recordset($2::json) AS e(phone text, action text, source text, at timestamptz)`,
          [
            business.orgId,
            JSON.stringify(
              ledgers.flatMap(({ phone, entries }) => entries.map((one) => ({ ...one, phone }))),
            ),
          ],
        );
        const rows = await query<{ phone: string; allowed: boolean }>(
          `SELECT phone, consent_allows($1, phone, 'sms', 'marketing') AS allowed FROM unnest($2::text[]) phone`,
          [business.orgId, ledgers.map(({ phone }) => phone)],
        );
        const allowed = new Map(rows.map((row) => [row.phone, row.allowed]));
        for (const { phone, entries } of ledgers)
          expect({ entries, allowed: allowed.get(phone) }).toEqual({
            entries,
            allowed: consentState(entries as LedgerEntry[]).optedIn,
          });
      },
    ),
    { numRuns: 15 },
  );
});
