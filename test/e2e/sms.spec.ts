import type { Uuid } from '../../src/common/context';
import { BulkTiming } from '../../src/modules/conversations/app/bulk-timing';
import type { ReceiveResult } from '../../tools/twilio-simulator';
import { aBusinessNumber, aTwilioNumber } from '../support/connections';
import { until } from '../support/until';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  const quick = { feedAgainMs: 20, tailMs: 20, heldMs: 20 };
  Object.assign(place.app.nest.get(BulkTiming, { strict: false }), quick);
  business = await aBusiness(place, aTwilioNumber(place.twilio, { channel: 'sms' }));
});
afterEach(() => {
  place.twilio.faults.clear();
});
afterAll(() => place.stop());

const read = async (path: string) => (await business.owner.get(path).expect(200)).body;
const consentOf = async (phone: string, owner = business.owner) =>
  (await owner.get(`/consent?phone=${encodeURIComponent(phone)}`).expect(200)).body;
const messagesOf = async (id: Uuid) => (await read(`/conversations/${id}/messages`)).items;

describe('a number that SMS are written to', () => {
  test('a customer writes, a member answers, the answer is delivered and counted in segments', async () => {
    const customer = aCustomer(place, business);
    const { attempts } = await customer.writes('Is Friday free?');
    expect(attempts).toMatchObject([{ status: 200 }]);
    await place.quiet();

    const [conversation] = (await read('/conversations?limit=1')).items;
    expect(conversation).toMatchObject({
      contact: { name: null, phone: customer.phone },
      connection: { id: business.connection.id, channel: 'sms' },
      businessAddress: business.connection.number.address,
      lastMessage: { direction: 'incoming', preview: 'Is Friday free?' },
      sessionWindowEndsAt: null,
      cannotReplyBecause: null,
    });

    const text = `Sí, ${'está libre. '.repeat(6)}`;
    const path = `/conversations/${conversation.id}/messages`;
    const { body: sent } = await business.owner.post(path, { text }).expect(201);
    expect(sent).toMatchObject({ status: 'queued', segments: null });
    await place.quiet();
    expect(customer.read()).toEqual([text]);
    const [message] = customer.got();
    expect(message).toMatchObject({ messagingServiceSid: null, direction: 'outbound-api' });
    expect(await read(`/messages/${sent.id}`)).toMatchObject({
      status: 'delivered',
      providerMessageId: message!.sid,
      segments: 2,
    });
    const { items: reports } = await read(`/messages/${sent.id}/status-events`);
    expect(reports.map(({ status }: { status: string }) => status)).toContain('delivered');
    const [log] = await place.app.db.query(
      `SELECT webhook_source AS source, webhook_type AS type FROM webhook_logs WHERE external_id = $1 LIMIT 1`,
      [message!.sid],
    );
    expect(log).toEqual({ source: 'twilio_sms', type: 'message_status' });
  });

  test.each([
    ['of the GSM alphabet', 'a'.repeat(160), 1],
    ['of one character more', 'a'.repeat(161), 2],
    ['of another alphabet', 'я'.repeat(71), 2],
  ])('a text %s', async (_what, text, segments) => {
    const conversation = await aConversation(place, business);
    const id = await conversation.reply(text);
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({ status: 'delivered', segments });
  });

  test('a text whose answer was lost is counted by ourselves, and found', async () => {
    const conversation = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'drop', accountSid: business.connection.number.accountSid });
    const id = await conversation.reply('a'.repeat(200));
    await place.quiet();
    expect(conversation.customer.read()).toHaveLength(1);
    expect(await conversation.message(id)).toMatchObject({ status: 'delivered', segments: 2 });
  });

  test('a text of more than 1,600 characters is refused by field, before anything is sent', async () => {
    const conversation = await aConversation(place, business);
    const { body } = await business.owner
      .post(`/conversations/${conversation.id}/messages`, { text: 'a'.repeat(1601) })
      .expect(422);
    expect(body).toMatchObject({ code: 'text_not_sendable', errors: [{ field: 'text', code: 'too_long' }] });
    await place.quiet();
    expect(conversation.customer.got()).toEqual([]);
  });

  test('there is no window that closes', async () => {
    const conversation = await aConversation(place, business);
    await place.app.db.query(
      `UPDATE conversations SET session_window_ends_at = now() - interval '1 day' WHERE id = $1`,
      [conversation.id],
    );
    expect(await read(`/conversations/${conversation.id}`)).toMatchObject({ cannotReplyBecause: null });
    const id = await conversation.reply('A day later');
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({ status: 'delivered' });
  });

  test('pictures come and go by MMS', async () => {
    const customer = aCustomer(place, business);
    const media = [{ contentType: 'image/png', content: Buffer.from('89504e470d0a1a0a', 'hex') }];
    await customer.writes('Look', { media });
    await place.quiet();
    const [conversation] = (await read('/conversations?limit=1')).items;
    const [message] = await messagesOf(conversation.id);
    expect(message).toMatchObject({ text: 'Look', media: [{ contentType: 'image/png', status: 'stored' }] });
  });

  test('the same number is on WhatsApp as well: two connections, two threads, one contact', async () => {
    const { accountSid, address } = business.connection.number;
    const number = aTwilioNumber(place.twilio, { accountSid, address });
    const { body: whatsapp } = await business.owner.post('/channel-connections', number).expect(201);
    place.twilio.addNumber({ accountSid, address: `whatsapp:${address}`, webhookUrl: whatsapp.webhookUrl });
    const bySms = await aConversation(place, business);
    const { phone } = bySms.customer;
    await place.twilio.receive({ from: `whatsapp:${phone}`, to: `whatsapp:${address}`, body: 'Hi' });
    await place.quiet();
    const { contact } = await read(`/conversations/${bySms.id}`);
    const threads = (await read(`/conversations?contactId=${contact.id}`)).items;
    expect(threads.map((thread: { connection: { channel: string } }) => thread.connection.channel)).toEqual([
      'whatsapp',
      'sms',
    ]);
  });

  test('another organization reads nothing of it', async () => {
    const other = await aBusiness(place);
    const conversation = await aConversation(place, business);
    const id = await conversation.reply('Ours');
    await place.quiet();
    await other.owner.get(`/conversations/${conversation.id}`).expect(404);
    await other.owner.get(`/messages/${id}`).expect(404);
    const taken = { ...business.connection.number, ...accountOf(other) };
    const { body } = await other.owner.post('/channel-connections', taken).expect(409);
    expect(body.code).toBe('number_already_connected');
  });

  test('a short code', async () => {
    const { accountSid } = business.connection.number;
    const address = '72727';
    const desk = await aBusiness(place, aTwilioNumber(place.twilio, { channel: 'sms', accountSid, address }));
    const conversation = await aConversation(place, desk);
    await conversation.reply('From five digits');
    await place.quiet();
    expect(conversation.customer.got()).toMatchObject([{ from: address, status: 'delivered' }]);
  });
});

const accountOf = ({ connection: { number } }: TestBusiness) => ({
  accountSid: number.accountSid,
  authToken: number.authToken,
});

describe('words about consent', () => {
  const answers = (phone: string, direction: 'outbound-api' | 'outbound-reply') =>
    place.twilio.messages({ to: phone, direction }).length;

  test('STOP is answered by Twilio and not again by us; nothing is sent until START', async () => {
    const conversation = await aConversation(place, business);
    const { customer } = conversation;
    await customer.writes('Stop ');
    await place.quiet();
    expect(answers(customer.phone, 'outbound-reply')).toBe(1);
    expect(answers(customer.phone, 'outbound-api')).toBe(0);
    expect(await read(`/conversations/${conversation.id}`)).toMatchObject({
      cannotReplyBecause: 'opted_out',
    });
    const path = `/conversations/${conversation.id}/messages`;
    const { body } = await business.owner.post(path, { text: 'Still there?' }).expect(422);
    expect(body.code).toBe('contact_opted_out');

    await customer.writes('START');
    await place.quiet();
    expect(answers(customer.phone, 'outbound-reply')).toBe(2);
    const id = await conversation.reply('Welcome back');
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({ status: 'delivered' });
    expect(answers(customer.phone, 'outbound-api')).toBe(1);
  });

  test('what Twilio takes for no word is obeyed and answered by us', async () => {
    const { customer } = await aConversation(place, business);
    await customer.writes('STOP!');
    await place.quiet();
    expect(answers(customer.phone, 'outbound-reply')).toBe(0);
    expect(answers(customer.phone, 'outbound-api')).toBe(1);
    const lines = await consentOf(customer.phone);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'sms', purpose: 'transactional', optedIn: false }),
      ]),
    );
  });

  test('a word that the business defined at Twilio comes with what it means', async () => {
    const { customer } = await aConversation(place, business);
    await customer.writes('ABMELDEN', { optOutType: 'STOP' });
    await place.quiet();
    expect(answers(customer.phone, 'outbound-api')).toBe(0);
    expect(await consentOf(customer.phone)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'sms', purpose: 'transactional', optedIn: false }),
      ]),
    );
  });

  test('who opted out with Twilio is opted out with us: 21610', async () => {
    const conversation = await aConversation(place, business);
    const { phone } = conversation.customer;
    place.twilio.optOut(business.connection.number.accountSid, phone);
    const id = await conversation.reply('Are you there?');
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({
      status: 'failed',
      errorCode: 'opted_out',
      segments: null,
    });
    const { body } = await business.owner
      .post(`/conversations/${conversation.id}/messages`, { text: 'Again' })
      .expect(422);
    expect(body.code).toBe('contact_opted_out');
    const { items: events } = await read(`/consent/events?phone=${encodeURIComponent(phone)}&channel=sms`);
    expect(events[0]).toMatchObject({ action: 'opt_out', source: 'provider_error' });
  });
});

describe('what carriers say', () => {
  test.each([
    [30003, 'undelivered', 'try_later'],
    [30005, 'undelivered', 'invalid_number'],
    [30006, 'undelivered', 'invalid_number'],
    [30007, 'undelivered', 'filtered'],
    [30034, 'undelivered', 'route_not_allowed'],
  ])('%i by callback', async (errorCode, status, expected) => {
    const conversation = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'failDelivery', errorCode, to: conversation.customer.phone });
    const id = await conversation.reply('Hello');
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({ status, errorCode: expected });
  });

  test('21614 at once', async () => {
    const conversation = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'fail', status: 400, code: 21614, to: conversation.customer.phone });
    const id = await conversation.reply('Hello');
    await place.quiet();
    expect(await conversation.message(id)).toMatchObject({ status: 'failed', errorCode: 'invalid_number' });
  });
});

describe('a Messaging Service', () => {
  const messagingServiceSid = `MG${'5'.repeat(32)}`;
  let pool: TestBusiness;
  let second: string;

  beforeAll(async () => {
    const number = aTwilioNumber(place.twilio, { channel: 'sms', messagingServiceSid });
    second = aBusinessNumber();
    place.twilio.addNumber({ accountSid: number.accountSid, address: second, messagingServiceSid });
    pool = await aBusiness(place, number);
  });

  const writes = (phone: string, to: string, body = 'Hello'): Promise<ReceiveResult> =>
    place.twilio.receive({ from: phone, to, body });
  const threadOf = async (phone: string) => {
    const [row] = await place.app.db.query<{ id: Uuid }>(
      'SELECT id FROM conversations WHERE org_id = $1 AND contact_address = $2',
      [pool.orgId, phone],
    );
    return row!.id;
  };

  test('is connected with its id', async () => {
    const { body } = await pool.owner.get(`/channel-connections/${pool.connection.id}`).expect(200);
    expect(body).toMatchObject({ channel: 'sms', numberId: messagingServiceSid });
    expect(body.webhookUrl).toMatch(/\/api\/v1\/channels\/sms\/webhook\/[0-9a-f-]{36}$/);
    expect(body.sharedWebhookUrl).toMatch(/\/api\/v1\/channels\/sms\/webhook$/);
  });

  test('is taken once: the answer is that of a number that is taken', async () => {
    const other = await aBusiness(place);
    const number = aTwilioNumber(place.twilio, { ...accountOf(other), channel: 'sms' });
    const { body } = await other.owner
      .post('/channel-connections', { ...number, messagingServiceSid })
      .expect(409);
    expect(body.code).toBe('number_already_connected');
  });

  test.each([
    ['whatsapp', messagingServiceSid],
    ['sms', 'MG1'],
  ] as const)('on %s the service %s is refused by field', async (channel, service) => {
    const number = aTwilioNumber(place.twilio, { channel });
    const { body } = await pool.owner
      .post('/channel-connections', { ...number, messagingServiceSid: service })
      .expect(422);
    expect(body.errors).toMatchObject([{ field: 'messagingServiceSid' }]);
  });

  test('answers from the number that the customer wrote to last', async () => {
    const { phone } = aCustomer(place, pool);
    await writes(phone, second);
    await place.quiet();
    const id = await threadOf(phone);
    const say = async (text: string) => {
      await pool.owner.post(`/conversations/${id}/messages`, { text }).expect(201);
      await place.quiet();
      return place.twilio.messages({ to: phone })[0];
    };
    const first = await say('From the second number');
    expect(first).toMatchObject({ from: second, messagingServiceSid, status: 'delivered' });
    expect((await pool.owner.get(`/conversations/${id}`)).body).toMatchObject({ businessAddress: second });

    await writes(phone, pool.connection.number.address);
    await place.quiet();
    expect(await threadOf(phone)).toBe(id);
    expect(await say('From the first')).toMatchObject({ from: pool.connection.number.address });
    const { body } = await pool.owner.get(`/conversations/${id}/messages`).expect(200);
    // The service counts nothing before it has chosen a number.
    expect(body.items[0]).toMatchObject({ status: 'delivered', segments: 1 });
  });

  test('leaves the choice to Twilio where the customer never wrote', async () => {
    const { phone } = aCustomer(place, pool);
    const post = async (path: string, body: object, status = 201) =>
      (await pool.owner.post(path, body).expect(status)).body;
    await post('/contacts', { name: 'Ada', phone, tags: ['all'] });
    const consent = { phone, channel: 'sms', purpose: 'transactional', action: 'opt_in' };
    await post('/consent', { ...consent, evidence: { wording: 'Text me.', method: 'web form' } });
    const { id: templateId } = await post('/message-templates', {
      ...{ name: 'Closed', language: 'en', consentPurpose: 'transactional' },
      ...{ body: 'We are closed on Friday.', variables: [] },
    });
    const { id } = await post('/bulk-sends', {
      ...{
        name: 'News',
        segment: { tag: ['all'] },
        connectionId: pool.connection.id,
        templateId,
        variables: [],
      },
    });
    await post(`/bulk-sends/${id}/start`, {}, 202);
    await until(async () => (await pool.owner.get(`/bulk-sends/${id}`)).body.status === 'completed');
    await place.quiet();
    expect(place.twilio.messages({ to: phone })).toMatchObject([
      { messagingServiceSid, body: 'We are closed on Friday.', status: 'delivered' },
    ]);
    const { body } = await pool.owner.get(`/conversations/${await threadOf(phone)}/messages`).expect(200);
    expect(body.items).toMatchObject([{ purpose: 'bulk', status: 'delivered', segments: 1 }]);
  });

  test('a number that left the pool is replaced by one that is in it', async () => {
    const { phone } = aCustomer(place, pool);
    await writes(phone, second);
    await place.quiet();
    const id = await threadOf(phone);
    const { accountSid } = pool.connection.number;
    place.twilio.addNumber({ accountSid, address: second, messagingServiceSid: null });
    await pool.owner.post(`/conversations/${id}/messages`, { text: 'From another one' }).expect(201);
    await place.quiet();
    place.twilio.addNumber({ accountSid, address: second, messagingServiceSid });
    expect(place.twilio.messages({ to: phone, direction: 'outbound-api' })).toMatchObject([
      { from: pool.connection.number.address, status: 'delivered' },
    ]);
  });

  test('a lost answer is found among what the service sent', async () => {
    const { phone } = aCustomer(place, pool);
    await writes(phone, second);
    await place.quiet();
    const id = await threadOf(phone);
    place.twilio.faults.add({ kind: 'drop', to: phone, callbacks: false });
    const { body } = await pool.owner.post(`/conversations/${id}/messages`, { text: 'Lost?' }).expect(201);
    await place.quiet();
    const { body: found } = await pool.owner.get(`/messages/${body.id}`).expect(200);
    expect(found.providerMessageId).toBe(place.twilio.messages({ to: phone })[0]!.sid);
    expect(place.twilio.messages({ to: phone, direction: 'outbound-api' })).toHaveLength(1);
  });
});
