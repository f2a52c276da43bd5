import { createHash } from 'node:crypto';
import { newId, systemScope, type Uuid } from '../../src/common/context';
import { Consent } from '../../src/modules/channels';
import { ImportedConsent } from '../../src/modules/contacts';
import { ContactDataHolders } from '../../src/modules/contacts/app/contact-data-holders';
import { EraseContact } from '../../src/modules/contacts/app/erase-contact.job';
import { aMember, anApiKey, as } from '../support';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';
import { aVoiceNumber, callsOf } from '../support/voice';
import { deliver, signed } from '../support/webhooks';
import { unzip } from '../support/zip';

let place: TestInstallation;
let business: TestBusiness;
let other: TestBusiness;
let consent: Consent;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  other = await aBusiness(place);
  consent = place.app.nest.get(Consent, { strict: false });
});
afterAll(() => place.stop());

const query = <Row extends Record<string, unknown>>(sql: string, params: unknown[] = []) =>
  place.app.db.query<Row>(sql, params);

async function contactOf({ customer }: TestConversation, { orgId } = business): Promise<Uuid> {
  const [row] = await query<{ id: Uuid }>('SELECT id FROM contacts WHERE org_id = $1 AND phone = $2', [
    orgId,
    customer.phone,
  ]);
  if (!row) throw new Error('the customer is no contact');
  return row.id;
}

let people = 0;

interface Person {
  readonly talk: TestConversation;
  readonly contactId: Uuid;
  readonly phone: string;
  /** Words that are theirs alone. */
  readonly secrets: Readonly<Record<'name' | 'email' | 'text' | 'tag', string>>;
}

/** A person of whom everything is known that there is to know. */
async function aPerson(): Promise<Person> {
  const number = `x${++people}x`;
  const secrets = {
    name: `Wilhelmina ${number} Zauberstab`,
    email: `wilhelmina.${number}@zauberstab.test`,
    text: `Quitschgrün ${number} bitte`,
    tag: `zauber${number}`,
  };
  const talk = await aConversation(place, business, aCustomer(place, business));
  const contactId = await contactOf(talk);
  await talk.customer.writes(secrets.text, { profileName: secrets.name });
  await place.quiet();
  await talk.reply(`Gern, ${secrets.name}: ${secrets.text}`);
  await place.quiet();
  await place.app.database.runInOrg(systemScope(business.orgId), async () => {
    await place.app.database.tx.query(
      `UPDATE contacts SET name = $2, email = $3, notes = $4, tags = $5, custom_fields = $6, lead_status = 'qualified'
       WHERE id = $1`,
      [
        contactId,
        secrets.name,
        secrets.email,
        `wrote: ${secrets.text}`,
        [secrets.tag],
        JSON.stringify({ wish: secrets.text }),
      ],
    );
  });
  return { talk, contactId, phone: talk.customer.phone, secrets };
}

/** Every table and the queue, searched for the texts; what is found, by table. */
async function traces(texts: readonly string[]): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace) AND c.relkind IN ('r', 'p')
       AND NOT c.relispartition`,
  );
  const found: string[] = [];
  for (const { name } of tables)
    for (const text of texts) {
      const rows = await query(
        `SELECT to_jsonb(t) AS row FROM ${name} t WHERE position($1 IN to_jsonb(t)::text) > 0`,
        [text],
      );
      for (const row of rows)
        found.push(`${name} holds ${text}: ${JSON.stringify(row['row']).slice(0, 300)}`);
    }
  return found;
}

const tracesOf = ({ phone, secrets }: Pick<Person, 'phone' | 'secrets'>) =>
  traces([phone, phone.slice(1), ...Object.values(secrets), secrets.text.slice(13)]);

async function erase(contactId: Uuid): Promise<void> {
  await business.owner.post(`/contacts/${contactId}/erase`, { reason: 'requested' }).expect(202);
  await place.quiet();
}

const mayMessage = (phone: string) =>
  place.app.database.runInOrg(systemScope(business.orgId), () => consent.mayMessage(phone, 'whatsapp'));

describe('erasure', () => {
  it('leaves nothing of the person anywhere, and says that it is done', async () => {
    const person = await aPerson();
    const { contactId, talk, secrets } = person;
    const key = 'a-key-for-a-reply';
    await business.owner
      .post(`/conversations/${talk.id}/messages`, { text: secrets.text })
      .set('idempotency-key', key)
      .expect(201);
    await place.quiet();
    expect((await tracesOf(person)).length).toBeGreaterThan(10);
    await erase(contactId);
    expect(await tracesOf(person)).toEqual([]);
    await business.owner.get(`/contacts/${contactId}`).expect(404);
    await business.owner.get(`/conversations/${talk.id}`).expect(404);
    const { body } = await business.owner.get(`/contacts/${contactId}/erasure`).expect(200);
    expect(body).toMatchObject({ contactId, reason: 'requested', status: 'done' });
    const again = await business.owner
      .post(`/contacts/${contactId}/erase`, { reason: 'unlawful' })
      .expect(202);
    expect(again.body).toEqual(body);
  });

  it('takes what somebody said on the phone: here, in the log of deliveries and at the provider', async () => {
    const voice = await aVoiceNumber(place, business.ownerToken);
    const voicemail = Buffer.from('ID3\x03\x00\x00\x00\x00\x00\x00 Quitschgrün am Telefon', 'latin1');
    for (const from of ['anonymous', aCustomer(place, business).phone]) {
      const { sid } = await place.twilio.call({ from, to: voice.address, voicemail });
      await place.quiet();
      const [call] = await callsOf(business.owner);
      const contactId = (call!['contact'] as { id: Uuid }).id;
      const [recording] = place.twilio.recordings().filter(({ callSid }) => callSid === sid);
      expect((await traces([`/Recordings/${recording!.sid}`])).length).toBeGreaterThan(1);
      await erase(contactId);
      expect(
        await traces([`/Recordings/${recording!.sid}`, ...(from === 'anonymous' ? [] : [from])]),
      ).toEqual([]);
      expect(await query('SELECT 1 FROM calls WHERE provider_call_id = $1', [sid])).toEqual([]);
      expect(place.twilio.recordings().filter(({ callSid }) => callSid === sid)).toEqual([]);

      // Twilio tells of the call again, and of another recording: of somebody who is gone.
      const { authToken, webhookUrl, accountSid, address } = voice;
      const common = { AccountSid: accountSid, CallSid: sid };
      const RecordingSid = `RE${sid.slice(2)}`;
      const late = {
        RecordingSid,
        RecordingUrl: `${place.twilio.url}/${RecordingSid}`,
        RecordingStatus: 'completed',
      };
      const end = { CallStatus: 'canceled', Direction: 'inbound', From: from, To: address };
      const tell = async (fields: Record<string, string>, url: string) =>
        expect(await deliver(signed({ ...common, ...fields }, { authToken, url }))).toMatchObject({
          status: 200,
        });
      await tell(late, `${webhookUrl}?step=recording`);
      await tell(end, webhookUrl);
      await place.quiet();
      expect(await traces([late.RecordingUrl, ...(from === 'anonymous' ? [] : [from])])).toEqual([]);
      expect(await callsOf(business.owner)).toEqual([]);
    }
  });

  it('leaves the audit trail, which tells that things changed and not what', async () => {
    const { contactId } = await aPerson();
    await erase(contactId);
    const rows = await query<{ operation: string; new_values: Record<string, unknown> | null }>(
      `SELECT operation, new_values FROM audit_logs WHERE table_name = 'contacts' AND record_id = $1 ORDER BY created_at`,
      [contactId],
    );
    expect(rows[0]).toMatchObject({
      operation: 'INSERT',
      new_values: { phone: '[hidden]', lead_status: 'new' },
    });
    expect(
      rows.find(({ operation, new_values }) => operation === 'UPDATE' && new_values?.['notes']),
    ).toMatchObject({
      new_values: { name: '[hidden]', notes: '[hidden]', tags: '[hidden]', lead_status: 'qualified' },
    });
    expect(rows.at(-1)?.operation).toBe('DELETE');
  });

  it('cancels what waits to be sent', async () => {
    const { contactId, talk } = await aPerson();
    const sent = talk.customer.got().length;
    await query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status)
       VALUES ($1, gen_random_uuid(), $2, 'outgoing', 'never to be sent', 'system', 'queued')`,
      [business.orgId, talk.id],
    );
    await erase(contactId);
    expect(talk.customer.got()).toHaveLength(sent);
    expect(await traces(['never to be sent'])).toEqual([]);
  });

  it('begins again where it was killed', async () => {
    const person = await aPerson();
    const { contactId, phone } = person;
    const job = place.app.nest.get(EraseContact, { strict: false });
    const { orgId } = business;
    await query(
      `INSERT INTO contact_erasures (org_id, id, contact_id, reason) VALUES ($1, gen_random_uuid(), $2, 'requested')`,
      [orgId, contactId],
    );
    const holders = place.app.nest.get(ContactDataHolders, { strict: false });
    const last = holders.all().at(-1)!;
    const crash = jest.spyOn(last, 'erase').mockRejectedValueOnce(new Error('killed'));
    const payload = { orgId, requestId: business.scope.requestId, contactId };
    await expect(job.handle(payload)).rejects.toThrow('killed');
    crash.mockRestore();
    // The bulk is gone already; what is needed to go on is there.
    expect(await query('SELECT phone FROM contacts WHERE id = $1', [contactId])).toEqual([{ phone }]);
    await job.handle(payload);
    expect(await tracesOf(person)).toEqual([]);
    await job.handle(payload);
  });

  it('takes more messages than go in one transaction', async () => {
    const person = await aPerson();
    const { contactId, talk } = person;
    await query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status, created_at)
       SELECT $1, gen_random_uuid(), $2, 'incoming', $3 || i, 'contact', 'received', now() - i * interval '1 second'
       FROM generate_series(1, 1300) i`,
      [business.orgId, talk.id, person.secrets.text],
    );
    await erase(contactId);
    expect(await tracesOf(person)).toEqual([]);
  });

  it('while the person writes: they are forgotten, or somebody new, and never half of both', async () => {
    for (let round = 0; round < 3; round++) {
      const { contactId, talk, phone, secrets } = await aPerson();
      await Promise.all([
        business.owner.post(`/contacts/${contactId}/erase`, { reason: 'requested' }).expect(202),
        ...Array.from({ length: 4 }, (_, i) => talk.customer.writes(`Still here ${i}`)),
      ]);
      await place.quiet();
      const contacts = await query<{ id: Uuid }>('SELECT id FROM contacts WHERE phone = $1', [phone]);
      expect(contacts.map(({ id }) => id)).not.toContain(contactId);
      expect(contacts.length).toBeLessThanOrEqual(1);
      expect(await traces([secrets.name, secrets.text])).toEqual([]);
      expect(
        await query(
          `SELECT last_error FROM graphile_worker._private_jobs WHERE last_error IS NOT NULL AND attempts > 0`,
        ),
      ).toEqual([]);
      const [orphans] = await query<{ count: string }>(
        `SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.contact_id = $1`,
        [contactId],
      );
      expect(orphans?.count).toBe('0');
    }
  });

  it('forgets those who were merged into the contact, too', async () => {
    const first = await aPerson();
    const second = await aPerson();
    await business.owner.post(`/contacts/${first.contactId}/merge`, { from: second.contactId }).expect(200);
    await erase(first.contactId);
    expect(await tracesOf(first)).toEqual([]);
    expect(await tracesOf(second)).toEqual([]);
    const { body } = await business.owner.get(`/contacts/${second.contactId}`).expect(404);
    expect(body.code).toBe('contact_not_found');
  });

  it('is of one person only', async () => {
    const gone = await aPerson();
    const stays = await aPerson();
    await erase(gone.contactId);
    expect((await traces([stays.phone])).length).toBeGreaterThan(5);
    const { body } = await business.owner.get(`/conversations/${stays.talk.id}/messages`).expect(200);
    expect(body.items.length).toBeGreaterThan(2);
  });
});

describe('an opt-out', () => {
  async function optedOutAndErased(): Promise<{ talk: TestConversation; phone: string }> {
    const person = await aPerson();
    const { contactId, talk, phone } = person;
    await talk.customer.writes('STOP');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(false);
    await erase(contactId);
    expect(await tracesOf(person)).toEqual([]);
    return { talk, phone };
  }

  const optIn = (phone: string, source: 'import' | 'api' | 'console') =>
    place.app.database.runInOrg(systemScope(business.orgId), () =>
      consent.record({
        phone,
        channel: 'whatsapp',
        purpose: 'transactional',
        action: 'opt_in',
        source,
        evidence: {},
        at: new Date(Date.now() + 60_000),
      }),
    );

  it('outlives the person: writing does not open the channel again, START does, and lifts it', async () => {
    const { talk, phone } = await optedOutAndErased();
    await talk.customer.writes('Hello, it is me');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(false);
    const [conversation] = await query<{ id: Uuid }>(
      'SELECT id FROM conversations WHERE contact_address = $1',
      [phone],
    );
    const refused = await business.owner
      .post(`/conversations/${conversation!.id}/messages`, { text: 'Hi' })
      .expect(422);
    expect(refused.body.code).toBe('contact_opted_out');
    expect(
      await query('SELECT source, action FROM consent_events WHERE phone = $1 ORDER BY id', [phone]),
    ).toMatchObject([
      { source: 'suppression', action: 'opt_out' },
      { source: 'inbound_message', action: 'opt_in' },
    ]);
    const before = await query('SELECT id FROM consent_suppressions');
    await talk.customer.writes('START');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(true);
    expect(await query('SELECT id FROM consent_suppressions')).toHaveLength(before.length - 1);
    await optIn(phone, 'import');
    expect(await mayMessage(phone)).toBe(true);
  });

  it('outlives being imported or reported again', async () => {
    const { phone } = await optedOutAndErased();
    for (const source of ['import', 'api', 'console'] as const) {
      await optIn(phone, source);
      expect(await mayMessage(phone)).toBe(false);
    }
  });

  it('outlives being added again by the API and by a file, whatever that says of consent', async () => {
    const { talk, phone } = await optedOutAndErased();
    const { body } = await business.owner.post('/contacts', { name: 'Back again', phone }).expect(201);
    expect(await mayMessage(phone)).toBe(false);
    const statement = {
      contactId: body.id as Uuid,
      phone,
      channel: 'whatsapp' as const,
      purpose: 'transactional' as const,
      action: 'opt_in' as const,
    };
    const evidence = { importId: newId(), line: 2 };
    const imported = place.app.nest.get(ImportedConsent, { strict: false });
    await place.app.database.runInOrg(systemScope(business.orgId), () =>
      imported.record([{ ...statement, at: new Date(Date.now() + 60_000), evidence }]),
    );
    expect(await mayMessage(phone)).toBe(false);
    await talk.customer.writes('Hello');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(false);
    expect(await query('SELECT contact_id FROM conversations WHERE contact_address = $1', [phone])).toEqual([
      { contact_id: body.id },
    ]);
  });

  it('outlives being erased twice', async () => {
    const { talk, phone } = await optedOutAndErased();
    await talk.customer.writes('Hello again');
    await place.quiet();
    await erase(await contactOf(talk));
    await talk.customer.writes('And again');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(false);
  });

  it('is kept as a hash that nobody can recompute without the key', async () => {
    const { phone } = await optedOutAndErased();
    const plain = createHash('sha256').update(phone).digest('hex');
    expect(await traces([plain])).toEqual([]);
  });

  it('is not made of silence: who was never opted out is a new customer like any other', async () => {
    const { contactId, talk, phone } = await aPerson();
    await erase(contactId);
    await talk.customer.writes('Hello');
    await place.quiet();
    expect(await mayMessage(phone)).toBe(true);
  });

  it('of one organization is nothing to another', async () => {
    const { phone } = await optedOutAndErased();
    await place.app.database.runInOrg(systemScope(other.orgId), () =>
      consent.recordWriting({ phone, channel: 'whatsapp', messageId: 'SMx', at: new Date() }),
    );
    const may = await place.app.database.runInOrg(systemScope(other.orgId), () =>
      consent.mayMessage(phone, 'whatsapp'),
    );
    expect(may).toBe(true);
  });

  it('can be taken into account by the service role alone', async () => {
    const scope = { ...systemScope(business.orgId), pool: 'app' as const };
    const record = consent.recordWriting.bind(consent);
    await expect(
      place.app.database.runInOrg(scope, () =>
        record({ phone: '+4915199999999', channel: 'whatsapp', messageId: 'SMy', at: new Date() }),
      ),
    ).rejects.toThrow('service role');
  });
});

describe('a legal hold', () => {
  it('refuses erasure and being merged away until it is lifted', async () => {
    const { contactId } = await aPerson();
    const { contactId: sibling } = await aPerson();
    const { body } = await business.owner
      .post(`/contacts/${contactId}/legal-hold`, { reason: 'A claim' })
      .expect(201);
    expect(body).toMatchObject({ contactId, reason: 'A claim' });
    await business.owner.post(`/contacts/${contactId}/legal-hold`, { reason: 'Another' }).expect(409);
    expect((await business.owner.get(`/contacts/${contactId}/legal-hold`).expect(200)).body.reason).toBe(
      'A claim',
    );
    const refused = await business.owner
      .post(`/contacts/${contactId}/erase`, { reason: 'requested' })
      .expect(409);
    expect(refused.body).toMatchObject({ code: 'legal_hold' });
    expect(
      (await business.owner.post(`/contacts/${sibling}/merge`, { from: contactId }).expect(409)).body.code,
    ).toBe('legal_hold');
    await business.owner.delete(`/contacts/${contactId}/legal-hold`).expect(204);
    await business.owner.delete(`/contacts/${contactId}/legal-hold`).expect(404);
    await erase(contactId);
    await business.owner.get(`/contacts/${contactId}`).expect(404);
  });

  it('holds against a statement that knows nothing of it', async () => {
    const [row] = await query<{ id: Uuid }>(
      'INSERT INTO contacts (org_id, id) VALUES ($1, gen_random_uuid()) RETURNING id',
      [business.orgId],
    );
    await business.owner.post(`/contacts/${row!.id}/legal-hold`, { reason: 'A claim' }).expect(201);
    await expect(query('DELETE FROM contacts WHERE id = $1', [row!.id])).rejects.toThrow(
      'contact_legal_holds',
    );
  });

  it('is placed and lifted on the record, its reason untold', async () => {
    const { contactId } = await aPerson();
    await business.owner.post(`/contacts/${contactId}/legal-hold`, { reason: 'Secret claim' }).expect(201);
    await business.owner.delete(`/contacts/${contactId}/legal-hold`).expect(204);
    const rows = await query<{ operation: string; actor: string }>(
      `SELECT operation, actor FROM audit_logs WHERE table_name = 'contact_legal_holds'
         AND COALESCE(new_values, old_values)->>'contact_id' = $1 ORDER BY created_at`,
      [contactId],
    );
    expect(rows).toEqual([
      { operation: 'INSERT', actor: business.ownerId },
      { operation: 'DELETE', actor: business.ownerId },
    ]);
    expect(await traces(['Secret claim'])).toEqual([]);
  });
});

describe('the export', () => {
  const exportOf = async (contactId: Uuid, caller = business.owner) => {
    const response = await caller
      .get(`/contacts/${contactId}/privacy-export`)
      .buffer(true)
      .responseType('blob')
      .expect(200);
    expect(response.headers['content-type']).toBe('application/zip');
    return unzip(response.body as Buffer);
  };

  it('holds everything, as JSON and as CSV that no spreadsheet runs', async () => {
    const { contactId, phone, secrets } = await aPerson();
    await place.app.database.runInOrg(systemScope(business.orgId), () =>
      place.app.database.tx.query(`UPDATE contacts SET notes = '=cmd|calc' WHERE id = $1`, [contactId]),
    );
    const files = await exportOf(contactId);
    const names = [
      'addresses',
      'audit-trail',
      'bulk-sends',
      'calls',
      'consent',
      'contact',
      'conversations',
      'lead-status-changes',
    ];
    names.push('legal-holds', 'media-files', 'message-status-events', 'messages', 'verification-codes');
    names.push('webhook-deliveries');
    expect([...files.keys()].sort()).toEqual(names.flatMap((name) => [`${name}.csv`, `${name}.json`]).sort());
    const json = (name: string) => JSON.parse(files.get(`${name}.json`)!) as Record<string, unknown>[];
    expect(json('contact')).toMatchObject([
      { id: contactId, name: secrets.name, phone, email: secrets.email },
    ]);
    expect(json('addresses')).toMatchObject([{ phone_number: phone, whatsapp_opted_in: true }]);
    expect(json('consent')).toMatchObject([{ phone, action: 'opt_in', source: 'inbound_message' }]);
    expect(json('conversations')).toHaveLength(1);
    expect(json('messages').map((row) => row['body'])).toEqual([
      'Hello',
      secrets.text,
      `Gern, ${secrets.name}: ${secrets.text}`,
    ]);
    expect(json('message-status-events').map((row) => row['source'])).toContain('callback');
    expect(json('webhook-deliveries').length).toBeGreaterThan(2);
    expect(json('lead-status-changes')).toContainEqual(expect.objectContaining({ to_status: 'qualified' }));
    expect(json('audit-trail').length).toBeGreaterThan(2);
    expect(files.get('contact.csv')).toContain("'=cmd");
    expect(files.get('messages.csv')!.trim().split('\r\n')).toHaveLength(4);
  });

  it('goes over many pages without losing or doubling a row', async () => {
    const { contactId, talk } = await aPerson();
    await query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, body, author_type, status)
       SELECT $1, gen_random_uuid(), $2, 'incoming', 'm' || i, 'contact', 'received' FROM generate_series(1, 1203) i`,
      [business.orgId, talk.id],
    );
    const rows = JSON.parse((await exportOf(contactId)).get('messages.json')!) as { id: string }[];
    expect(rows).toHaveLength(1206);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1206);
  });

  it('is written to the audit trail', async () => {
    const { contactId } = await aPerson();
    await exportOf(contactId);
    expect(
      await query(
        `SELECT actor FROM audit_logs WHERE event_type = 'contacts.privacy-export' AND record_id = $1`,
        [contactId],
      ),
    ).toEqual([{ actor: business.ownerId }]);
  });
});

describe('who may', () => {
  it('owners and admins, nobody else; of their own organization only', async () => {
    const { contactId } = await aPerson();
    const calls = (caller: ReturnType<typeof as>) => [
      caller.get(`/contacts/${contactId}/privacy-export`),
      caller.post(`/contacts/${contactId}/erase`, { reason: 'requested' }),
      caller.get(`/contacts/${contactId}/erasure`),
      caller.post(`/contacts/${contactId}/legal-hold`, { reason: 'x' }),
      caller.get(`/contacts/${contactId}/legal-hold`),
      caller.delete(`/contacts/${contactId}/legal-hold`),
    ];
    for (const role of ['agent', 'viewer'] as const) {
      const { token } = await aMember(place.app, business.orgId, role);
      for (const call of calls(as(place.app, token))) await call.expect(403);
    }
    for (const call of calls(as(place.app, await anApiKey(place.app, business.orgId, ['contacts.write']))))
      await call.expect(403);
    for (const call of calls(other.owner)) await call.expect(404);
    await business.owner.post(`/contacts/${contactId}/erase`, { reason: 'because' }).expect(422);
    await business.owner.get(`/contacts/${contactId}`).expect(200);
    const { token } = await aMember(place.app, business.orgId, 'admin');
    await as(place.app, token).get(`/contacts/${contactId}/privacy-export`).expect(200);
  });
});

describe('tables', () => {
  /** Tables that could hold something of a contact and need nobody to answer for them. */
  const NOBODY: Readonly<Record<string, string>> = {
    audit_logs: 'personal columns are hidden from it',
    auth_sessions: 'people who work there',
    channel_connections: "the organization's own number",
    connection_directory: "the organization's own number",
    contact_import_chunks: 'a file in transit, gone when its import ends; an erasure ends those that wait',
    contact_import_errors: 'lines and reasons, no value of a row',
    invitations: 'people who will work there',
    memberships: 'people who work there',
    consent_texts: 'what the organization says to everybody',
    message_templates: 'texts with places for what is said of a person',
    pending_sign_ups: 'people who will work there',
    processed_webhook_events: 'ids of the provider and a hash',
    users: 'people who work there',
    voice_settings: 'what a number says to everybody, and numbers of staff',
  };

  it('with personal data are answered for by a module, or there is a reason', async () => {
    const rows = await query<{ name: string }>(
      `SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND a.attname ~ '(contact|phone|email|address|payload|body|evidence|content|recipient)'
       ORDER BY 1`,
    );
    const answered = new Set(place.app.nest.get(ContactDataHolders, { strict: false }).tables());
    const unanswered = rows
      .map(({ name }) => name)
      .filter((name) => !answered.has(name) && !(name in NOBODY));
    expect(unanswered).toEqual([]);
    const all = await query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p')`,
    );
    const known = new Set(all.map(({ name }) => name));
    expect([...answered].filter((name) => !known.has(name))).toEqual([]);
  });
});
