import { newId, systemScope, type Uuid } from '../../src/common/context';
import { Consent } from '../../src/modules/channels';
import { ReceiveInboundMessage } from '../../src/modules/channels/app/receive-inbound-message.use-case';
import { PersonalDeliveries } from '../../src/modules/channels/db/personal-deliveries';
import { MappingsRepository } from '../../src/modules/channels/db/mappings.repository';
import { ImportedConsent } from '../../src/modules/contacts';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { upload } from '../support/imports';
import { unzip } from '../support/zip';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());

const query = <Row extends Record<string, unknown>>(sql: string, params: unknown[] = []) =>
  place.app.db.query<Row>(sql, params);
const inOrg = <T>(work: () => Promise<T>) => place.app.database.runInOrg(systemScope(business.orgId), work);
const service = <T>(type: abstract new (...args: never[]) => T): T =>
  place.app.nest.get<T>(type, { strict: false });
const mayMessage = (phone: string) => inOrg(() => service(Consent).mayMessage(phone, 'whatsapp'));

async function contactAt(phone: string): Promise<Uuid> {
  const [row] = await query<{ id: Uuid }>('SELECT id FROM contacts WHERE org_id = $1 AND phone = $2', [
    business.orgId,
    phone,
  ]);
  if (!row) throw new Error('nobody has this number');
  return row.id;
}

async function erase(contactId: Uuid): Promise<void> {
  await business.owner.post(`/contacts/${contactId}/erase`, { reason: 'requested' }).expect(202);
  await place.quiet();
}

/** Whose an address is. */
async function whose(phone: string): Promise<unknown> {
  const [row] = await query('SELECT contact_id FROM phone_number_mappings WHERE phone_number = $1', [phone]);
  return row?.['contact_id'];
}

let numbers = 0;
const aNumber = () => `+491516${String(++numbers).padStart(7, '0')}`;

const imported = (contactId: Uuid, phone: string) =>
  inOrg(() =>
    service(ImportedConsent).record([
      {
        contactId,
        phone,
        channel: 'whatsapp',
        purpose: 'transactional',
        action: 'opt_in',
        at: new Date(),
        evidence: { importId: newId(), line: 2 },
      },
    ]),
  );

async function sectionsOf(contactId: Uuid): Promise<Map<string, Record<string, unknown>[]>> {
  const { body } = await business.owner
    .get(`/contacts/${contactId}/privacy-export`)
    .buffer(true)
    .responseType('blob')
    .expect(200);
  const files = await unzip(body as Buffer);
  return new Map(
    [...files].filter(([name]) => name.endsWith('.json')).map(([name, text]) => [name, JSON.parse(text)]),
  );
}

describe('an opt-out whose first attempt failed', () => {
  it('outlives the erasure that comes before the next attempt', async () => {
    const { customer } = await aConversation(place, business);
    const contactId = await contactAt(customer.phone);
    const crash = jest
      .spyOn(service(ReceiveInboundMessage), 'execute')
      .mockRejectedValueOnce(new Error('trouble'));
    await customer.writes('STOP');
    await place.quiet();
    crash.mockRestore();
    expect(
      await query(
        `SELECT retry_count FROM webhook_logs WHERE processing_status = 'failed' AND payload->>'Body' = 'STOP'`,
      ),
    ).toEqual([{ retry_count: 1 }]);

    await erase(contactId);
    await query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE attempts > 0');
    await place.quiet();

    expect(await query(`SELECT id FROM webhook_logs WHERE error_message = 'sender_erased'`)).toEqual([]);
    await customer.writes('Hi');
    await place.quiet();
    expect(await mayMessage(customer.phone)).toBe(false);
    expect(await contactAt(customer.phone)).not.toBe(contactId);
  });
});

describe('an address', () => {
  it('that became another contact’s is theirs: to erase who had it before takes nothing from them', async () => {
    const { customer } = await aConversation(place, business);
    const [shared, mother] = [customer.phone, await contactAt(customer.phone)];
    await business.owner.patch(`/contacts/${mother}`, { phone: aNumber() }).expect(200);
    expect(await whose(shared)).toBe(mother);
    const { body: daughter } = await business.owner
      .post('/contacts', { name: 'Daughter', phone: shared })
      .expect(201);
    expect(await whose(shared)).toBe(daughter.id);
    await customer.writes('It is me, the daughter');
    await place.quiet();

    await erase(mother);

    expect(await whose(shared)).toBe(daughter.id);
    expect(await mayMessage(shared)).toBe(true);
    expect((await query('SELECT id FROM consent_events WHERE phone = $1', [shared])).length).toBeGreaterThan(
      0,
    );
    expect((await sectionsOf(daughter.id)).get('consent.json')).not.toEqual([]);
  });

  it('is left to who bears it even when that was not noted', async () => {
    const { customer } = await aConversation(place, business);
    const bearer = await contactAt(customer.phone);
    const { body: other } = await business.owner
      .post('/contacts', { name: 'Other', phone: aNumber() })
      .expect(201);
    await query('UPDATE phone_number_mappings SET contact_id = $2 WHERE phone_number = $1', [
      customer.phone,
      other.id,
    ]);
    await erase(other.id);
    expect(await whose(customer.phone)).toBe(bearer);
    expect(await mayMessage(customer.phone)).toBe(true);
  });

  it('goes with a change of number, too, and comes back when they write', async () => {
    const { customer } = await aConversation(place, business);
    const first = await contactAt(customer.phone);
    await business.owner.patch(`/contacts/${first}`, { phone: aNumber() }).expect(200);
    const { body: second } = await business.owner
      .post('/contacts', { name: 'Second', phone: aNumber() })
      .expect(201);
    await business.owner.patch(`/contacts/${second.id}`, { phone: customer.phone }).expect(200);
    expect(await whose(customer.phone)).toBe(second.id);
    await query('UPDATE phone_number_mappings SET contact_id = $2 WHERE phone_number = $1', [
      customer.phone,
      first,
    ]);
    await customer.writes('Hello');
    await place.quiet();
    expect(await whose(customer.phone)).toBe(second.id);
  });
});

describe('imported consent', () => {
  it('is of the contact: in the timeline, in the export, and forgotten with them after a change of number', async () => {
    const [before, after] = [aNumber(), aNumber()];
    const { body: contact } = await business.owner
      .post('/contacts', { name: 'Listed', phone: before })
      .expect(201);
    await imported(contact.id, before);
    expect(await whose(before)).toBe(contact.id);
    const { body: timeline } = await business.owner.get(`/contacts/${contact.id}/timeline`).expect(200);
    expect(timeline.items.filter(({ type }: { type: string }) => type === 'consent')).toHaveLength(1);

    await business.owner.patch(`/contacts/${contact.id}`, { phone: after }).expect(200);

    expect((await sectionsOf(contact.id)).get('consent.json')).toMatchObject([
      { phone: before, source: 'import' },
    ]);
    await erase(contact.id);
    expect(await query('SELECT id FROM consent_events WHERE phone = $1', [before])).toEqual([]);
    expect(await whose(before)).toBeUndefined();
  });

  it('that was there before the contact becomes theirs', async () => {
    const phone = aNumber();
    await inOrg(() => service(MappingsRepository).lock([phone]));
    expect(await whose(phone)).toBeNull();
    const { body: contact } = await business.owner.post('/contacts', { name: 'Later', phone }).expect(201);
    expect(await whose(phone)).toBe(contact.id);
  });
});

describe('a kept answer', () => {
  it('that names a contact which was merged into the erased one is emptied', async () => {
    const kept = { name: 'Merged away', phone: aNumber() };
    const { body: gone } = await business.owner
      .post('/contacts', kept)
      .set('idempotency-key', `merged-${kept.phone}`)
      .expect(201);
    await business.owner.patch(`/contacts/${gone.id}`, { phone: null }).expect(200);
    const { body: stays } = await business.owner.post('/contacts', { name: 'Stays' }).expect(201);
    await business.owner.post(`/contacts/${stays.id}/merge`, { from: gone.id }).expect(200);
    const answers = () => query(`SELECT id FROM idempotency_keys WHERE response_body->>'id' = $1`, [gone.id]);
    expect(await answers()).toHaveLength(1);
    await erase(stays.id);
    expect(await answers()).toEqual([]);
  });
});

describe('the export', () => {
  it('looks through the log of deliveries a window at a time, and misses none', async () => {
    const { customer } = await aConversation(place, business);
    const id = await contactAt(customer.phone);
    await query(
      `INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified,
         processing_status, processing_completed_at, response_status, received_at)
       SELECT gen_random_uuid(), $1, 'twilio_whatsapp', 'message_inbound', '/', 'POST', '{}',
         jsonb_build_object('n', i, 'From', CASE WHEN i % 1500 = 0 OR i <= 600 THEN $2 ELSE 'nobody' END), true, 'processed',
         now(), 200, now() - i * interval '1 millisecond'
       FROM generate_series(1, 4500) i`,
      [business.orgId, `whatsapp:${customer.phone}`],
    );
    const page = jest.spyOn(service(PersonalDeliveries), 'page');
    const rows = (await sectionsOf(id)).get('webhook-deliveries.json') ?? [];
    // Once for the JSON file, once for the CSV file; three windows at least, one of them in two pages.
    expect(page.mock.calls.length).toBeGreaterThanOrEqual(8);
    page.mockRestore();
    const numbers = rows.flatMap(({ payload }) => (payload as { n?: number }).n ?? []).sort((a, b) => a - b);
    expect(numbers).toEqual([...Array.from({ length: 600 }, (_, i) => i + 1), 1500, 3000, 4500]);
  });
});

describe('a status report', () => {
  /** A message that was sent, and what the provider would tell of it. */
  async function aSentMessage() {
    const talk = await aConversation(place, business);
    await talk.reply('Good morning');
    await place.quiet();
    const [log] = await query<{ url: string; payload: Record<string, string> }>(
      `SELECT url, payload FROM webhook_logs WHERE webhook_type = 'message_status' AND payload->>'To' = $1 LIMIT 1`,
      [`whatsapp:${talk.customer.phone}`],
    );
    if (!log) throw new Error('nothing was told of the message');
    return { ...talk, log };
  }

  /** Logs a report as intake does; where `handled`, with the job that works it off. */
  async function report({ url, payload }: { url: string; payload: Record<string, string> }): Promise<Uuid> {
    const id = newId();
    await query(
      `SELECT accept_webhook($1, $2, $3, 'twilio_whatsapp', 'message_status', $4, $5, 'POST', '{}', $6, 'sig', NULL, now(),
         $7, $8, 'status', 'hash', $9, 3, NULL)`,
      [
        ...[id, business.orgId, business.connection.id, payload['MessageSid'], url, JSON.stringify(payload)],
        ...[newId(), `late-${id}`, newId()],
      ],
    );
    return id;
  }

  const payloadOf = async (id: Uuid) =>
    (
      await query<{ payload: Record<string, string> }>('SELECT payload FROM webhook_logs WHERE id = $1', [id])
    )[0]?.payload;

  it('that comes after the erasure keeps no number', async () => {
    const { customer, log } = await aSentMessage();
    await erase(await contactAt(customer.phone));
    const id = await report(log);
    await place.quiet();
    const payload = await payloadOf(id);
    expect(payload).toMatchObject({ MessageSid: log.payload['MessageSid'] });
    expect(JSON.stringify(payload)).not.toContain(customer.phone.slice(1));
  });

  it('that waits when the person is erased keeps none either, and one about a message of ours stays whole', async () => {
    const { customer, log } = await aSentMessage();
    const whole = await report(log);
    await place.quiet();
    expect(await payloadOf(whole)).toEqual(log.payload);
    const waits = await report(log);
    await query(
      `UPDATE webhook_logs SET processing_status = 'pending', processing_completed_at = NULL WHERE id = $1`,
      [waits],
    );
    await erase(await contactAt(customer.phone));
    expect(JSON.stringify(await payloadOf(waits))).not.toContain(customer.phone.slice(1));
  });
});

describe('an uploaded file', () => {
  const uploaded = async () =>
    (await upload(place.app, business.ownerToken, `name,phone\r\nListed,${aNumber()}\r\n`)).body;
  const start = (id: string) =>
    business.owner.post(`/contacts/imports/${id}/start`, { mapping: [{ column: 2, field: 'phone' }] });
  const aContact = async () =>
    (await business.owner.post('/contacts', { name: 'To be erased', phone: aNumber() }).expect(201)).body
      .id as Uuid;

  it('that waits is ended by an erasure, with a reason, and is not kept', async () => {
    const { id } = await uploaded();
    await erase(await aContact());
    const { body } = await business.owner.get(`/contacts/imports/${id}`).expect(200);
    expect(body).toMatchObject({
      status: 'failed',
      problem: 'erasure_meanwhile',
      finishedAt: expect.any(String),
    });
    expect(await query('SELECT position FROM contact_import_chunks WHERE import_id = $1', [id])).toEqual([]);
    expect((await start(id).expect(409)).body.code).toBe('import_not_startable');
    expect(
      await query(
        `SELECT operation FROM audit_logs WHERE record_id = $1 AND event_type = 'contacts.import-cancelled'`,
        [id],
      ),
    ).toEqual([{ operation: 'CANCEL' }]);
  });

  it('that is being imported is waited for', async () => {
    const { id } = await uploaded();
    await query(`UPDATE contact_imports SET status = 'running' WHERE id = $1`, [id]);
    const contactId = await aContact();
    await erase(contactId);
    const status = async () =>
      (await business.owner.get(`/contacts/${contactId}/erasure`).expect(200)).body.status;
    expect(await status()).toBe('running');
    await business.owner.get(`/contacts/${contactId}`).expect(200);
    await query(`UPDATE contact_imports SET status = 'completed' WHERE id = $1`, [id]);
    await query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL');
    await place.quiet();
    expect(await status()).toBe('done');
    await business.owner.get(`/contacts/${contactId}`).expect(404);
  });
});
