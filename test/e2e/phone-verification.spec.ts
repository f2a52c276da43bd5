import type { Uuid } from '../../src/common/context';
import { VerificationCodes } from '../../src/modules/conversations/app/verification/verification-codes';
import { VerificationLimits } from '../../src/modules/conversations/app/verification/verification-limits';
import { aBusiness, aConversation, aCustomer, anInstallation } from '../support/business';
import type { TestBusiness, TestConversation, TestInstallation } from '../support/business';
import { aConnection, aTwilioNumber } from '../support/connections';
import { aMember, as } from '../support/people';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());
afterEach(() =>
  Object.assign(place.app.nest.get(VerificationLimits, { strict: false }), new VerificationLimits()),
);

const limit = (limits: Partial<VerificationLimits>) =>
  Object.assign(place.app.nest.get(VerificationLimits, { strict: false }), limits);

interface Shown extends Record<string, unknown> {
  readonly id: Uuid;
}
const mappingOf = async (phone: string): Promise<Shown> => {
  const { body } = await business.owner.get(`/phone-mappings?phone=${encodeURIComponent(phone)}`).expect(200);
  return (body as { items: Shown[] }).items[0]!;
};
const request = (id: Uuid, body: object = {}) =>
  business.owner.post(`/phone-mappings/${id}/verification`, body);
const confirm = (id: Uuid, code: string) =>
  business.owner.post(`/phone-mappings/${id}/verification/confirm`, { code });
const codeIn = (text: string | undefined): string => /^([0-9]{6}) is your code/.exec(text ?? '')![1]!;
const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** A customer who wrote, and the mapping of their number. */
const aNumber = async (): Promise<TestConversation & { mapping: Shown }> => {
  const thread = await aConversation(place, business);
  return { ...thread, mapping: await mappingOf(thread.customer.phone) };
};
/** The same, with a code that reached them. */
const aCode = async () => {
  const number = await aNumber();
  const { body } = await request(number.mapping.id).expect(201);
  await place.quiet();
  return { ...number, sent: body as { messageId: Uuid }, code: codeIn(number.customer.read().at(-1)) };
};

describe('a code', () => {
  test('verifies the number of whoever read it, once', async () => {
    const { mapping, code, sent } = await aCode();
    expect(sent).toMatchObject({ mappingId: mapping.id, channel: 'whatsapp' });
    const { body } = await confirm(mapping.id, code).expect(200);
    const read = await business.owner.get(`/phone-mappings/${mapping.id}`);
    expect(read.body).toMatchObject({ isVerified: true, verifiedAt: (body as Shown)['verifiedAt'] });
    expect((await confirm(mapping.id, code).expect(409)).body).toMatchObject({ code: 'no_code_open' });
  });

  test('stands in no table and in no answer', async () => {
    const { code, sent, message } = await aCode();
    expect(JSON.stringify(await message(sent.messageId))).not.toContain(code);
    const dump = await place.app.db.query<{ row: string }>(
      `SELECT to_jsonb(m)::text AS row FROM messages m WHERE id = $1
       UNION ALL SELECT to_jsonb(f)::text FROM phone_verifications f WHERE id = $1
       UNION ALL SELECT to_jsonb(a)::text FROM audit_logs a WHERE record_id = $1
       UNION ALL SELECT to_jsonb(e)::text FROM message_status_events e WHERE message_id = $1
       UNION ALL SELECT to_jsonb(w)::text FROM webhook_logs w WHERE org_id = $2
       UNION ALL SELECT to_jsonb(i)::text FROM idempotency_keys i WHERE org_id = $2`,
      [sent.messageId, business.orgId],
    );
    expect(dump.length).toBeGreaterThan(3);
    const texts = dump.map(({ row }) => row.replace(/[0-9a-f-]{36}|SM[0-9a-f]{32}|[0-9.:T+-]{15,}/g, ''));
    expect(texts.filter((row) => new RegExp(`(?<![0-9])${code}(?![0-9])`).test(row))).toEqual([]);
  });

  test('is tried five times, however many try at once', async () => {
    const { mapping, code } = await aCode();
    const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(mapping.id, wrong(code))));
    expect(answers.map(({ status }) => status).sort()).toEqual([409, 409, 409, 422, 422, 422, 422, 422]);
    await confirm(mapping.id, code).expect(409);
    const read = await business.owner.get(`/phone-mappings/${mapping.id}`);
    expect(read.body).toMatchObject({ isVerified: false });
  });

  test('of two who confirm it at once one does', async () => {
    const { mapping, code } = await aCode();
    const answers = await Promise.all([confirm(mapping.id, code), confirm(mapping.id, code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('counts for ten minutes, and not after another was sent', async () => {
    const { mapping, code } = await aCode();
    await request(mapping.id).expect(201);
    await place.quiet();
    const id = (
      await place.app.db.query<{ id: Uuid }>(
        `SELECT id FROM phone_verifications WHERE mapping_id = $1 AND status = 'open'`,
        [mapping.id],
      )
    )[0]!.id;
    const newer = place.app.nest.get(VerificationCodes, { strict: false }).of(business.orgId, id);
    if (newer !== code) await confirm(mapping.id, code).expect(422);
    await place.app.db.query(`UPDATE phone_verifications SET expires_at = now() WHERE id = $1`, [id]);
    await confirm(mapping.id, newer).expect(409);
  });

  test('is nobody’s any more once the number is given to somebody else', async () => {
    const { mapping, code, customer } = await aCode();
    const { body } = await business.owner.post('/contacts', { name: 'Eve' }).expect(201);
    await place.app.db.query('UPDATE phone_number_mappings SET contact_id = $2 WHERE phone_number = $1', [
      customer.phone,
      (body as Shown).id,
    ]);
    await confirm(mapping.id, code).expect(409);
  });

  test('is found by its text when the answer to its sending was lost', async () => {
    const { mapping, customer, message } = await aNumber();
    place.twilio.faults.add({ kind: 'drop' });
    place.twilio.configure({ callbacks: false });
    const { body } = await request(mapping.id).expect(201);
    await place.quiet();
    place.twilio.configure({ callbacks: true });
    expect(await message((body as { messageId: Uuid }).messageId)).toMatchObject({ status: 'delivered' });
    expect(customer.got()).toHaveLength(1);
  });
});

describe('who is sent one', () => {
  test('nobody who opted out', async () => {
    const { mapping, customer } = await aNumber();
    await customer.writes('STOP');
    await place.quiet();
    const told = customer.got().length;
    expect((await request(mapping.id).expect(422)).body).toMatchObject({ code: 'contact_opted_out' });
    expect(customer.got()).toHaveLength(told);
  });

  test('nobody who opts out before it leaves: the database refuses it, too', async () => {
    const { mapping, customer } = await aNumber();
    const { body } = await request(mapping.id).expect(201);
    await customer.writes('STOP');
    await place.quiet();
    const { messageId } = body as { messageId: Uuid };
    await expect(
      place.app.db.query(
        `UPDATE messages SET status = 'sending', attempt = attempt + 1, attempted_at = now(), provider_message_id = NULL WHERE id = $1`,
        [messageId],
      ),
    ).rejects.toThrow('nobody is messaged without their consent');
  });

  test('whoever never said anything, at the number that is verified and not at another of theirs', async () => {
    const { id: conversation, message } = await aNumber();
    const { body: thread } = await business.owner.get(`/conversations/${conversation}`).expect(200);
    const contactId = (thread as { contact: Shown }).contact.id;
    const sms = aTwilioNumber(place.twilio, { channel: 'sms' });
    const connection = await aConnection(place.app, place.twilio, business.ownerToken, sms);
    const other = aCustomer(place, { connection });
    const { body } = await business.owner
      .post('/phone-mappings', { phone: other.phone, contactId })
      .expect(201);
    // The window of another number of theirs is none of this one: WhatsApp would not deliver it.
    const closed = await request((body as Shown).id, { channel: 'whatsapp' }).expect(422);
    expect(closed.body).toMatchObject({ code: 'session_window_closed' });
    const { body: sent } = await request((body as Shown).id).expect(201);
    expect(sent).toMatchObject({ channel: 'sms' });
    await place.quiet();
    expect(await message((sent as { messageId: Uuid }).messageId)).toMatchObject({ status: 'delivered' });
    expect(other.read()).toEqual([expect.stringMatching(/^[0-9]{6} is your code for /)]);
    await confirm((body as Shown).id, codeIn(other.read()[0])).expect(200);
    await business.owner
      .post(`/conversations/${conversation}/messages`, { text: 'To the first number' })
      .expect(201);
    await place.quiet();
    expect(other.got()).toHaveLength(1);
    await business.owner.delete(`/channel-connections/${connection.id}`).expect(204);
  });

  test('nobody at a suspended number, on a channel without a connection, or who is no contact', async () => {
    const { mapping } = await aNumber();
    const refused = await request(mapping.id, { channel: 'sms' }).expect(422);
    expect(refused.body).toMatchObject({ code: 'no_connection_for_channel' });
    await business.owner.patch(`/phone-mappings/${mapping.id}`, { status: 'suspended' }).expect(200);
    expect((await request(mapping.id).expect(422)).body).toMatchObject({ code: 'number_suspended' });
    const member = await aMember(place.app, business.orgId, 'agent');
    const { body } = await business.owner
      .post('/phone-mappings', { phone: aCustomer(place, business).phone, userId: member.userId })
      .expect(201);
    const answer = await request((body as Shown).id).expect(422);
    expect(answer.body).toMatchObject({ code: 'verification_needs_contact' });
  });

  test('nobody by another organization, or by a viewer', async () => {
    const { mapping, code } = await aCode();
    const other = await aBusiness(place);
    await other.owner.post(`/phone-mappings/${mapping.id}/verification`, {}).expect(404);
    await other.owner.post(`/phone-mappings/${mapping.id}/verification/confirm`, { code }).expect(404);
    const viewer = as(place.app, (await aMember(place.app, business.orgId, 'viewer')).token);
    await viewer.post(`/phone-mappings/${mapping.id}/verification`, {}).expect(403);
    await confirm(mapping.id, code).expect(200);
  });
});

describe('how many are sent', () => {
  test('three for a mapping, however many ask at once', async () => {
    const { mapping, customer } = await aNumber();
    const answers = await Promise.all(Array.from({ length: 6 }, () => request(mapping.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 429, 429, 429]);
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ code: 'too_many_codes' });
    await place.quiet();
    // Those that were not the newest any more when their turn came were not sent.
    expect(customer.got().length).toBeGreaterThan(0);
    await confirm(mapping.id, codeIn(customer.read().at(-1))).expect(200);
  });

  test('to a number, whatever mapping it is asked for by', async () => {
    const contact = await business.owner.post('/contacts', { name: 'Ada' }).expect(201);
    const { phone } = aCustomer(place, business);
    const make = async (): Promise<Uuid> => {
      const { body } = await business.owner
        .post('/phone-mappings', { phone, contactId: (contact.body as Shown).id })
        .expect(201);
      return (body as Shown).id;
    };
    limit({ perNumber: 1 });
    const first = await make();
    await aWindow((contact.body as Shown).id, phone);
    await request(first).expect(201);
    await place.app.db.query('DELETE FROM phone_number_mappings WHERE id = $1', [first]);
    await request(await make()).expect(429);
  });

  test('by an organization', async () => {
    const { mapping } = await aNumber();
    limit({ perOrganization: 1 });
    const { body } = await request(mapping.id).expect(429);
    expect(body).toMatchObject({ code: 'too_many_codes' });
  });

  test('one for a request that is repeated', async () => {
    const { mapping, customer } = await aNumber();
    const ask = () => request(mapping.id).set('idempotency-key', 'once').expect(201);
    const [first, second] = [await ask(), await ask()];
    expect(second.body).toEqual(first.body);
    await place.quiet();
    expect(customer.got()).toHaveLength(1);
  });
});

/** A thread with a contact, within the time for free text. */
async function aWindow(contactId: Uuid, phone: string): Promise<void> {
  await place.app.db.query(
    `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at, session_window_ends_at)
     VALUES ($1, gen_random_uuid(), $2, $3, $4, now(), now() + interval '1 hour')`,
    [business.orgId, contactId, business.connection.id, phone],
  );
}
