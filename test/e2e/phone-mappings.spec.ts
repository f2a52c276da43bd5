import { newId, type Uuid } from '../../src/common/context';
import { barredSql } from '../../src/modules/channels';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aMember, as } from '../support/people';

let place: TestInstallation;
let business: TestBusiness;
let numbers = 0;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());

interface Shown extends Record<string, unknown> {
  readonly id: Uuid;
  readonly version: number;
}
const aNumber = (): string => `+4930901${1000 + ++numbers}`;
const aContact = async (phone?: string): Promise<Uuid> =>
  ((await business.owner.post('/contacts', { name: 'Ada', phone }).expect(201)).body as Shown).id;
const add = async (values: object, status = 201): Promise<Shown> =>
  (await business.owner.post('/phone-mappings', values).expect(status)).body as Shown;
const read = async (id: Uuid): Promise<Shown> =>
  (await business.owner.get(`/phone-mappings/${id}`).expect(200)).body as Shown;
const mappingOf = async (phone: string): Promise<Shown> => {
  const { body } = await business.owner.get(`/phone-mappings?phone=${encodeURIComponent(phone)}`).expect(200);
  return (body as { items: Shown[] }).items[0]!;
};
const change = (id: Uuid, values: object) => business.owner.patch(`/phone-mappings/${id}`, values);

describe('whose a number is', () => {
  test('it is given to a contact, as dialled in the country of the organization', async () => {
    const contactId = await aContact();
    await place.app.db.query(`UPDATE organizations SET default_country = 'DE' WHERE id = $1`, [
      business.orgId,
    ]);
    const made = await add({ phone: '030 901 820', contactId, notes: 'Until five.', metadata: { crm: 1 } });
    expect(made).toMatchObject({
      ...{ phone: '+4930901820', countryCode: 'DE', contactId, userId: null, status: 'active' },
      ...{ isVerified: false, metadata: { crm: 1 }, notes: 'Until five.', version: 1, messageCount: 0 },
    });
    expect(made['consent']).toHaveLength(6);
  });

  test('to a member, whose number stays behind when they leave', async () => {
    const member = await aMember(place.app, business.orgId, 'agent');
    const { id } = await add({ phone: aNumber(), userId: member.userId });
    await business.owner.delete(`/members/${member.userId}`).expect(204);
    expect(await read(id)).toMatchObject({ userId: null });
  });

  test('of many at once one makes it', async () => {
    const [contactId, phone] = [await aContact(), aNumber()];
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => business.owner.post('/phone-mappings', { phone, contactId })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'mapping_taken' });
  });

  test('a number that another contact bears is that one’s', async () => {
    const phone = aNumber();
    await aContact(phone);
    const refused = await add({ phone, contactId: await aContact() }, 409);
    expect(refused).toMatchObject({ code: 'number_of_another_contact' });
  });

  test.each([
    [{}, 'contactId', 'one_of_two'],
    [{ contactId: newId() }, 'contactId', 'unknown'],
    [{ userId: newId() }, 'userId', 'unknown'],
    [{ metadata: { 'no key': 1 } }, 'metadata', 'key'],
    [{ metadata: { a: 'x'.repeat(9000) } }, 'metadata', 'too_large'],
    [{ metadata: { a: {} } }, 'metadata', 'nested'],
  ])('%j is refused by field', async (values, field, code) => {
    const { body } = await business.owner
      .post('/phone-mappings', { phone: aNumber(), ...values })
      .expect(422);
    expect((body as { errors: unknown[] }).errors).toContainEqual(expect.objectContaining({ field, code }));
  });

  test('a person of another organization is nobody', async () => {
    const other = await aBusiness(place);
    const { body } = await other.owner.post('/contacts', { name: 'Eve' }).expect(201);
    await add({ phone: aNumber(), contactId: (body as Shown).id }, 422);
    const { id } = await add({ phone: aNumber(), contactId: await aContact() });
    await other.owner.get(`/phone-mappings/${id}`).expect(404);
    await other.owner.patch(`/phone-mappings/${id}`, { notes: 'x' }).expect(404);
    await other.owner.delete(`/phone-mappings/${id}`).expect(404);
  });

  test('consent is not set here, and a viewer sets nothing', async () => {
    const contactId = await aContact();
    await add({ phone: aNumber(), contactId, smsOptedIn: true }, 422);
    const viewer = as(place.app, (await aMember(place.app, business.orgId, 'viewer')).token);
    await viewer.post('/phone-mappings', { phone: aNumber(), contactId }).expect(403);
    await viewer.get('/phone-mappings').expect(200);
  });

  test('given to somebody else it is not verified any more; in a merge it stays so', async () => {
    const [first, second] = [await aContact(), await aContact()];
    const { id } = await add({ phone: aNumber(), contactId: first });
    const verify = () =>
      place.app.db.query(
        'UPDATE phone_number_mappings SET is_verified = true, verified_at = now() WHERE id = $1',
        [id],
      );
    await verify();
    await change(id, { contactId: second }).expect(200);
    expect(await read(id)).toMatchObject({ isVerified: false, verifiedAt: null });
    await verify();
    await business.owner.post(`/contacts/${first}/merge`, { from: second }).expect(200);
    expect(await read(id)).toMatchObject({ contactId: first, isVerified: true });
  });

  test('of two who change the same version the second is told so', async () => {
    const { id } = await add({ phone: aNumber(), contactId: await aContact() });
    const tag = (await business.owner.get(`/phone-mappings/${id}`)).headers['etag']!;
    await change(id, { notes: 'one' }).set('if-match', tag).expect(200);
    await change(id, { notes: 'two' }).set('if-match', tag).expect(412);
    await business.owner.delete(`/phone-mappings/${id}`).set('if-match', tag).expect(412);
    await business.owner.delete(`/phone-mappings/${id}`).expect(204);
    await business.owner.get(`/phone-mappings/${id}`).expect(404);
  });

  test('pages show each once, and filters combine', async () => {
    const contactId = await aContact();
    for (let i = 0; i < 5; i++) await add({ phone: aNumber(), contactId });
    const seen: Uuid[] = [];
    let cursor: string | null = '';
    do {
      const { body } = await business.owner
        .get(
          `/phone-mappings?contactId=${contactId}&status=active&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
        )
        .expect(200);
      const page = body as { items: Shown[]; nextCursor: string | null };
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
    const { body } = await business.owner
      .get(`/phone-mappings?contactId=${contactId}&optedIn=sms`)
      .expect(200);
    expect((body as { items: Shown[] }).items).toEqual([]);
  });
});

describe('a suspended number', () => {
  test('gets nothing, not even the answer to STOP, and is still heard', async () => {
    const { id: conversation, customer } = await aConversation(place, business);
    const { id, consent } = await mappingOf(customer.phone);
    const [since] = (consent as { optedInAt: string | null }[]).flatMap(({ optedInAt }) => optedInAt ?? []);
    expect(since).toBe(new Date(since!).toISOString());
    await change(id, { status: 'suspended' }).expect(200);
    const { body } = await business.owner
      .post(`/conversations/${conversation}/messages`, { text: 'Hi' })
      .expect(422);
    expect(body).toMatchObject({ code: 'number_suspended' });
    const shown = await business.owner.get(`/conversations/${conversation}`).expect(200);
    expect(shown.body).toMatchObject({ cannotReplyBecause: 'number_suspended' });
    await customer.writes('STOP');
    await place.quiet();
    expect(customer.got()).toEqual([]);
    expect(await read(id)).toMatchObject({ status: 'suspended', messageCount: 2 });
    await business.owner.delete(`/phone-mappings/${id}`).expect(409);
  });

  test('gets nothing of what waited when it was suspended', async () => {
    const { id: conversation, customer, message } = await aConversation(place, business);
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await business.owner
      .post(`/conversations/${conversation}/messages`, { text: 'Later', sendAt })
      .expect(201);
    await change((await mappingOf(customer.phone)).id, { status: 'suspended' }).expect(200);
    await place.app.db.query(
      `UPDATE messages SET status = 'queued', held_because = NULL, held_until = NULL WHERE id = $1`,
      [(body as Shown).id],
    );
    const other = await aConversation(place, business);
    await other.reply('Hello');
    await place.quiet();
    expect(await message((body as Shown).id)).toMatchObject({
      status: 'failed',
      errorCode: 'number_suspended',
    });
    expect(customer.got()).toEqual([]);
    expect(other.customer.read()).toEqual(['Hello']);
  });
});

describe('a number at which nobody can be reached', () => {
  const fail = async () => {
    const thread = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'fail', status: 400, code: 21211 });
    const id = await thread.reply('Hello');
    await place.quiet();
    expect(await thread.message(id)).toMatchObject({ status: 'failed', errorCode: 'invalid_number' });
    return { ...thread, mapping: await mappingOf(thread.customer.phone) };
  };

  test('gets nothing more until its person writes', async () => {
    const { id, customer, mapping } = await fail();
    expect(mapping).toMatchObject({ status: 'invalid' });
    const { body } = await business.owner.post(`/conversations/${id}/messages`, { text: 'Hi' }).expect(422);
    expect(body).toMatchObject({ code: 'invalid_number' });
    await customer.writes('I am here');
    await place.quiet();
    expect(await read(mapping.id)).toMatchObject({ status: 'active' });
    await business.owner.post(`/conversations/${id}/messages`, { text: 'Hi' }).expect(201);
  });

  test('on the channel on which the provider said so', async () => {
    const { customer, mapping } = await fail();
    expect(mapping).toMatchObject({ unreachableOn: ['whatsapp'] });
    const allowed = (channel: string) =>
      place.app.db.query(
        `SELECT ${barredSql('p', '$2::text')} AS barred FROM phone_number_mappings p WHERE phone_number = $1`,
        [customer.phone, channel],
      );
    expect(await allowed('whatsapp')).toEqual([{ barred: 'invalid' }]);
    expect(await allowed('sms')).toEqual([{ barred: null }]);
  });

  test('not when the provider said so of what it was handed before the person wrote', async () => {
    const thread = await aConversation(place, business);
    place.twilio.configure({ statusSteps: ['queued'] });
    const id = await thread.reply('Hello');
    await place.quiet();
    place.twilio.configure({ statusSteps: ['queued', 'sent', 'delivered'] });
    await thread.customer.writes('I am here');
    await place.quiet();
    const [sent] = thread.customer.got();
    await place.twilio.reportStatus(sent!.sid, 'undelivered', 63024);
    await place.quiet();
    expect(await thread.message(id)).toMatchObject({ errorCode: 'invalid_number' });
    expect(await mappingOf(thread.customer.phone)).toMatchObject({ status: 'active', unreachableOn: [] });
  });

  test.each([13227, 21215, 21408])('is not one that the account alone may not reach (%i)', async (code) => {
    const thread = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'fail', status: 400, code });
    const id = await thread.reply('Hello');
    await place.quiet();
    expect(await thread.message(id)).toMatchObject({ status: 'failed', errorCode: 'route_not_allowed' });
    expect(await mappingOf(thread.customer.phone)).toMatchObject({ status: 'active', unreachableOn: [] });
  });

  test('or a member sets it active', async () => {
    const { id, mapping } = await fail();
    await change(mapping.id, { status: 'active' }).expect(200);
    await business.owner.post(`/conversations/${id}/messages`, { text: 'Hi' }).expect(201);
  });
});
