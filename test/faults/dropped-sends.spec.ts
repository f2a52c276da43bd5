import type { Uuid } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import { aDatabase, type TestDatabase } from '../support';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { aTwilio } from '../support/twilio';
import { allDone, aServedBusiness, spread, until } from './scene';

const CUSTOMERS = 20;
const EACH = 10;

interface MessageRow extends Record<string, unknown> {
  body: string;
  status: string;
  error_code: string | null;
  provider_message_id: string | null;
  attempt: number;
}

const outgoing = (db: TestDatabase, conversationId: Uuid): Promise<MessageRow[]> =>
  db.query<MessageRow>(
    `SELECT body, status, error_code, provider_message_id, attempt FROM messages
     WHERE conversation_id = $1 AND direction = 'outgoing' ORDER BY created_at, id`,
    [conversationId],
  );

describe('a provider that hangs up without an answer', () => {
  let place: TestInstallation;
  let business: TestBusiness;
  let conversations: TestConversation[];

  beforeAll(async () => {
    place = await anInstallation();
    // At the first look a message is on its way; at the second it has arrived.
    Object.assign(place.app.nest.get(SendTiming, { strict: false }), { lookMs: [300, 300, 300] });
    business = await aBusiness(place);
    conversations = [];
    for (let i = 0; i < CUSTOMERS; i++) conversations.push(await aConversation(place, business));
  });
  afterEach(() => void place.twilio.faults.clear());
  afterAll(() => place.stop());

  /** Every other pair of messages has the same text. */
  const textsFor = (index: number): string[] =>
    Array.from({ length: EACH }, (_, i) => (i % 4 < 2 ? `number ${i} for ${index}` : 'On my way'));

  test.each([
    ['callbacks tell', true],
    ['nothing tells, and it must be asked', false],
  ])(`keeps ${(CUSTOMERS * EACH) / 2} accepted sends to itself: %s`, async (_how, callbacks) => {
    const [first, last] = callbacks ? [0, CUSTOMERS / 2] : [CUSTOMERS / 2, CUSTOMERS];
    place.twilio.faults.add({ kind: 'drop', times: 'always', callbacks });
    const part = conversations.slice(first, last);
    await spread(part, 4, async (conversation) => {
      for (const text of textsFor(part.indexOf(conversation))) await conversation.reply(text);
    });
    await allDone(place.app.db, place.twilio);

    for (const [index, { id, customer }] of part.entries()) {
      // Once each, and in order.
      expect(customer.read()).toEqual(textsFor(index));
      const sent = await outgoing(place.app.db, id);
      expect(sent).toHaveLength(EACH);
      expect(sent.map(({ status }) => status).filter((s) => s !== 'sent' && s !== 'delivered')).toEqual([]);
      expect(sent.map(({ provider_message_id }) => provider_message_id).sort()).toEqual(
        customer
          .got()
          .map(({ sid }) => sid)
          .sort(),
      );
      expect(sent.map(({ attempt }) => attempt)).toEqual(Array<number>(EACH).fill(1));
    }
  });

  test('and never accepted is told as failed, and not sent again', async () => {
    const [conversation] = conversations as [TestConversation];
    const before = conversation.customer.read();
    const to = `whatsapp:${conversation.customer.phone}`;
    const fault = place.twilio.faults.add({ kind: 'dropBefore', to, times: 100 });
    const id = await conversation.reply('Are you there?');
    await allDone(place.app.db, place.twilio);
    expect(await conversation.message(id)).toMatchObject({
      status: 'failed',
      errorCode: 'not_accepted',
      providerMessageId: null,
    });
    const [left] = place.twilio.faults.list().filter((planted) => planted.id === fault.id);
    expect(left?.remaining).toBe(99);
    expect(conversation.customer.read()).toEqual(before);
  });
});

describe('a server that dies between the send and its record', () => {
  let db: TestDatabase;
  let twilio: TwilioSimulator;
  let server: ServerProcess;
  let business: TestBusiness;
  let customers = 0;

  beforeAll(async () => {
    ensureBuilt();
    db = await aDatabase();
    twilio = await aTwilio({
      settings: { callbackDelayMs: 1, retries: 300, retryDelayMs: 100 },
    });
    server = await ServerProcess.on(db, { TWILIO_API_BASE_URL: twilio.url });
    business = await aServedBusiness(db, server, twilio);
    await server.start();
  });
  afterAll(async () => {
    await server.stop();
    await twilio.close();
    await db.drop();
  });

  async function aThread(): Promise<{ id: Uuid; address: string }> {
    const phone = `+491517${String(++customers).padStart(7, '0')}`;
    const address = `whatsapp:${phone}`;
    await twilio.receive({
      from: address,
      to: `whatsapp:${business.connection.number.address}`,
      body: 'Hello',
    });
    await allDone(db, twilio);
    const [row] = await db.query<{ id: Uuid }>('SELECT id FROM conversations WHERE contact_address = $1', [
      phone,
    ]);
    if (!row) throw new Error('nothing came of what the customer wrote');
    return { id: row.id, address };
  }

  test.each([
    ['accepted, callbacks tell', { beforeRecording: false }, true],
    ['accepted, nothing tells', { beforeRecording: false }, false],
    ['accepted only after it died', { beforeRecording: true }, true],
  ])('%s: the message arrives once', async (_how, order, callbacks) => {
    const { id, address } = await aThread();
    const scope = { to: address, times: 100 };
    const delay = twilio.faults.add({ kind: 'delay', ms: 2_000, ...order, ...scope });
    if (!callbacks) twilio.faults.add({ kind: 'disableCallbacks', ...scope });
    await business.owner.post(`/conversations/${id}/messages`, { text: 'Friday at ten' }).expect(201);
    await until('the message is being handed over', async () => {
      const [message] = await outgoing(db, id);
      const planted = twilio.faults.list().find((fault) => fault.id === delay.id);
      return planted?.remaining === 99 && message?.attempt === 1;
    });
    await server.kill();
    await server.start();
    await allDone(db, twilio);

    expect(twilio.messages({ to: address })).toMatchObject([{ body: 'Friday at ten', status: 'delivered' }]);
    const [sid] = twilio.messages({ to: address }).map((message) => message.sid);
    expect(await outgoing(db, id)).toEqual([
      { body: 'Friday at ten', status: 'delivered', error_code: null, provider_message_id: sid, attempt: 1 },
    ]);
  });
});
