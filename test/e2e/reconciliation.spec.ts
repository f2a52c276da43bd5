import { Schedule } from '../../src/common/schedule';
import { Clock } from '../../src/common/time/clock';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aBusinessNumber, aTwilioNumber } from '../support/connections';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
});
afterAll(() => place.stop());
beforeEach(async () => {
  business = await aBusiness(place);
});
afterEach(() => {
  jest.restoreAllMocks();
  place.twilio.faults.clear();
});

let slot = 0;
/** A while later, when whatever is still missing will not come any more by itself. */
async function reconcile(afterMinutes = 10): Promise<void> {
  const later = () => new Date(Date.now() + afterMinutes * 60_000);
  const clock = jest.spyOn(place.app.nest.get(Clock), 'now').mockImplementation(later);
  await place.app.nest.get(Schedule).fire('channels.reconcile-deliveries', new Date(slot++));
  await place.quiet();
  clock.mockRestore();
}

const ours = () => `whatsapp:${business.connection.number.address}`;
const query = <Row extends Record<string, unknown>>(sql: string, ...more: unknown[]) =>
  place.app.db.query<Row>(sql, [business.orgId, ...more]);
const incoming = () =>
  query<{ body: string; media: unknown[]; contact_address: string }>(
    `SELECT m.body, m.media, c.contact_address FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
     WHERE m.org_id = $1 AND m.direction = 'incoming' ORDER BY m.created_at`,
  );
const recovered = () =>
  query<{ webhook_type: string; external_id: string }>(
    `SELECT webhook_type, external_id FROM webhook_logs WHERE org_id = $1 AND method = 'RECONCILE' ORDER BY webhook_type`,
  );

describe('a message whose webhook never arrived', () => {
  it('is found, once, and worked off like any other', async () => {
    const customer = aCustomer(place, business);
    const withheld = { from: `whatsapp:${customer.phone}`, to: ours() };
    const sid = place.twilio.withhold({ ...withheld, body: 'Is anybody there?' });
    await reconcile(0);
    expect(await incoming()).toEqual([]);
    await reconcile();
    await reconcile();
    expect(await incoming()).toEqual([
      { body: 'Is anybody there?', media: [], contact_address: customer.phone },
    ]);
    expect(await recovered()).toEqual([{ webhook_type: 'message_inbound', external_id: sid }]);
    const { body } = await business.owner.get('/webhook-logs').expect(200);
    expect(body.items[0]).toMatchObject({
      method: 'RECONCILE',
      signatureVerified: true,
      status: 'processed',
    });
  });

  it('is a duplicate when it is delivered after all', async () => {
    const customer = aCustomer(place, business);
    const messageSid = place.twilio.withhold({
      from: `whatsapp:${customer.phone}`,
      to: ours(),
      body: 'Hello',
    });
    await reconcile();
    await customer.writes('Hello', { messageSid });
    await place.quiet();
    expect(await incoming()).toHaveLength(1);
  });

  it('opts out, as it would have', async () => {
    const { customer, reply } = await aConversation(place, business);
    place.twilio.withhold({ from: `whatsapp:${customer.phone}`, to: ours(), body: 'STOP' });
    await reconcile();
    await expect(reply('One more thing')).rejects.toThrow();
  });

  it('brings its files', async () => {
    const customer = aCustomer(place, business);
    const media = [{ content: Buffer.from('%PDF-1.4 1 0 obj'), contentType: 'application/pdf' }];
    place.twilio.withhold({ from: `whatsapp:${customer.phone}`, to: ours(), media });
    await reconcile();
    const [message] = await incoming();
    expect(message?.media).toHaveLength(1);
    const files = await query<{ status: string }>('SELECT status FROM media_files WHERE org_id = $1');
    expect(files).toEqual([{ status: 'stored' }]);
  });

  it('before the number was connected is not ours', async () => {
    const customer = aCustomer(place, business);
    place.twilio.withhold({ from: `whatsapp:${customer.phone}`, to: ours(), body: 'Hello' });
    await query(`UPDATE channel_connections SET created_at = now() + interval '5 seconds' WHERE org_id = $1`);
    await reconcile();
    expect(await incoming()).toEqual([]);
  });
});

describe('by SMS', () => {
  it('is found of every number of a Messaging Service, and of no other', async () => {
    const messagingServiceSid = `MG${'7'.repeat(32)}`;
    const number = aTwilioNumber(place.twilio, { channel: 'sms', messagingServiceSid });
    const { accountSid } = number;
    const [second, other] = [aBusinessNumber(), aBusinessNumber()];
    place.twilio.addNumber({ accountSid, address: second, messagingServiceSid });
    place.twilio.addNumber({ accountSid, address: other });
    business = await aBusiness(place, number);
    place.twilio.addNumber({ accountSid, address: other, webhookUrl: business.connection.webhookUrl });
    for (const to of [number.address, second, other])
      place.twilio.withhold({ from: '+4915199900003', to, body: `To ${to}` });
    await reconcile();
    expect((await incoming()).map(({ body }) => body).sort()).toEqual(
      [`To ${number.address}`, `To ${second}`].sort(),
    );
  });
});

describe('what was sent', () => {
  it('is told how far it came, when its reports were lost', async () => {
    const { reply, message } = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'disableCallbacks' });
    const id = await reply('See you on Friday');
    await place.quiet();
    expect(await message(id)).not.toMatchObject({ status: 'delivered' });
    await reconcile();
    expect(await message(id)).toMatchObject({ status: 'delivered' });
    expect(await recovered()).toEqual([{ webhook_type: 'message_status', external_id: expect.any(String) }]);
  });

  it('and given up, since its answer was lost, is found after all', async () => {
    const { reply, message } = await aConversation(place, business);
    const timing = place.app.nest.get(SendTiming, { strict: false });
    const { lookMs } = timing;
    Object.assign(timing, { lookMs: [] });
    place.twilio.faults.add({ kind: 'drop', callbacks: false });
    const id = await reply('See you on Friday');
    await place.quiet();
    Object.assign(timing, { lookMs });
    expect(await message(id)).toMatchObject({ status: 'failed', errorCode: 'not_accepted' });
    await reconcile();
    expect(await message(id)).toMatchObject({ errorCode: null });
    expect(await message(id)).not.toMatchObject({ status: 'failed' });
  });

  it('by another program over the same number is left alone', async () => {
    const { accountSid, authToken } = business.connection.number;
    const form = new URLSearchParams({ From: ours(), To: 'whatsapp:+4915199900001', Body: 'From elsewhere' });
    const answer = await fetch(`${place.twilio.url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: form,
    });
    expect(answer.status).toBe(201);
    await place.quiet();
    await reconcile();
    expect(await recovered()).toEqual([]);
  });
});

it('credentials that do not open the account any more hold nothing up', async () => {
  const other = await aBusiness(place);
  const { accountSid } = business.connection.number;
  place.twilio.withhold({ from: 'whatsapp:+4915199900002', to: ours(), body: 'Hello' });
  place.twilio.withhold({
    from: 'whatsapp:+4915199900002',
    to: `whatsapp:${other.connection.number.address}`,
    body: 'Hello',
  });
  place.twilio.faults.add({
    kind: 'fail',
    status: 401,
    code: 20003,
    accountSid,
    on: 'read',
    times: 'always',
  });
  await reconcile();
  expect(await incoming()).toEqual([]);
  const found = await place.app.db.query('SELECT FROM messages WHERE org_id = $1', [other.orgId]);
  expect(found).toHaveLength(1);
});

it('finds each of 500 that were withheld among 10,000, and each once', async () => {
  const [all, every] = [10_000, 20];
  const arrived: string[] = [];
  for (let i = 0; i < all; i++) {
    const sid = place.twilio.withhold({
      from: `whatsapp:+49170${1_000_000 + (i % 50)}`,
      to: ours(),
      body: `No. ${i}`,
    });
    if (i % every > 0) arrived.push(sid);
  }
  await query(
    `INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
     SELECT $1, new_uuid_v7(), 'message:' || sid, 'message', 'hash', 'processed' FROM unnest($2::text[]) sid`,
    arrived,
  );
  await Promise.all([reconcile(), reconcile()]);
  await reconcile();
  const numbers = (await incoming()).map(({ body }) => Number(body.slice('No. '.length)));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: all / every }, (_, i) => i * every));
  expect(await recovered()).toHaveLength(all / every);
});
