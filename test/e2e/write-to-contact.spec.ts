import type { Uuid } from '../../src/common/context';
import { newId } from '../../src/common/context';
import { aBusiness, aConversation, anInstallation } from '../support/business';
import type { TestBusiness, TestInstallation } from '../support/business';
import { aConnection } from '../support/connections';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterAll(() => place.stop());

const aContact = async () => {
  const thread = await aConversation(place, business);
  const { body } = await business.owner.get(`/conversations/${thread.id}`).expect(200);
  return { ...thread, contactId: (body as { contact: { id: Uuid } }).contact.id };
};
const write = (values: object) => business.owner.post('/messages', values);

/** The same number on another channel, as the database sees it. */
async function anSmsConnection(): Promise<Uuid> {
  const { id } = await aConnection(place.app, place.twilio, business.ownerToken);
  await place.app.db.query(`UPDATE channel_connections SET channel = 'sms' WHERE id = $1`, [id]);
  return id;
}

describe('a message to a contact', () => {
  test('goes on in the conversation where they were last', async () => {
    const { id, contactId, customer } = await aContact();
    await aConnection(place.app, place.twilio, business.ownerToken);
    const { body } = await write({ contactId, text: 'Hello' }).expect(201);
    expect(body).toMatchObject({ conversationId: id, status: 'queued' });
    await place.quiet();
    expect(customer.read()).toEqual(['Hello']);
  });

  test('goes out on the primary channel of their number, or on the one that is named', async () => {
    const { id, contactId, customer } = await aContact();
    const sms = await anSmsConnection();
    await business.owner
      .post('/consent', {
        ...{ phone: customer.phone, channel: 'sms', purpose: 'transactional', action: 'opt_in' },
        evidence: { wording: 'By SMS, please.', method: 'phone' },
      })
      .expect(201);
    await place.app.db.query(
      `UPDATE phone_number_mappings SET primary_channel = 'sms' WHERE phone_number = $1`,
      [customer.phone],
    );
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const threadOf = async (values: object): Promise<{ id: Uuid; connection_id: Uuid }> => {
      const { body } = await write({ contactId, text: 'Hello', sendAt, ...values }).expect(201);
      const rows = await place.app.db.query<{ id: Uuid; connection_id: Uuid }>(
        'SELECT id, connection_id FROM conversations WHERE id = $1',
        [(body as { conversationId: Uuid }).conversationId],
      );
      return rows[0]!;
    };
    const made = await threadOf({});
    expect(made).toMatchObject({ connection_id: sms });
    expect(await threadOf({})).toEqual(made);
    expect(await threadOf({ channel: 'whatsapp' })).toMatchObject({ id });
    await place.app.db.query('UPDATE channel_connections SET is_active = false WHERE id = $1', [sms]);
    expect(await threadOf({})).toMatchObject({ id });
    expect((await write({ contactId, text: 'Hello', channel: 'sms' }).expect(422)).body).toMatchObject({
      code: 'no_connection_for_channel',
    });
  });

  test('is for somebody who is here, can be reached, and did not opt out', async () => {
    await write({ contactId: newId(), text: 'Hello' }).expect(404);
    const other = await aBusiness(place);
    const foreign = await other.owner.post('/contacts', { name: 'Eve', phone: '+4930901777' }).expect(201);
    await write({ contactId: (foreign.body as { id: Uuid }).id, text: 'Hello' }).expect(404);
    const { body } = await business.owner.post('/contacts', { name: 'Ada' }).expect(201);
    const answer = await write({ contactId: (body as { id: Uuid }).id, text: 'Hello' }).expect(422);
    expect(answer.body).toMatchObject({ code: 'contact_unreachable' });
    const { contactId, customer } = await aContact();
    await customer.writes('STOP');
    await place.quiet();
    expect((await write({ contactId, text: 'Hello' }).expect(422)).body).toMatchObject({
      code: 'contact_opted_out',
    });
  });
});
