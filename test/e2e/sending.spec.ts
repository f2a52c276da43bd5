import { newId, type Uuid } from '../../src/common/context';
import { RecordSendOutcomes } from '../../src/modules/conversations/app/record-send-outcomes.use-case';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { aTwilioNumber, atTwilio, type MessagingChannel } from '../support/connections';
import { until } from '../support/until';

let place: TestInstallation;
let businesses: Record<MessagingChannel, TestBusiness>;
let business: TestBusiness;
const CHANNELS: MessagingChannel[] = ['whatsapp', 'sms'];

beforeAll(async () => {
  place = await anInstallation();
  const sms = aTwilioNumber(place.twilio, { channel: 'sms' });
  businesses = { whatsapp: await aBusiness(place), sms: await aBusiness(place, sms) };
});

/** Has the tests of a block be about one channel. */
const about = (channel: MessagingChannel) =>
  beforeAll(() => {
    business = businesses[channel];
  });

afterEach(async () => {
  place.twilio.faults.clear();
  place.twilio.configure({ statusSteps: ['queued', 'sent', 'delivered'], callbacks: true });
  timing({ retryMs: 0, blockMs: 0, lookMs: [0, 0], maxAttempts: 8 });
  await place.quiet();
});
afterAll(() => place.stop());

function timing(change: Partial<Pick<SendTiming, 'retryMs' | 'blockMs' | 'lookMs' | 'maxAttempts'>>): void {
  Object.assign(place.app.nest.get(SendTiming, { strict: false }), change);
}

/** Has happen now what would happen to a message later. */
async function hurry(messageId: Uuid): Promise<void> {
  await place.app.db.query('UPDATE messages SET next_attempt_at = NULL WHERE id = $1', [messageId]);
  await place.app.db.query(
    `UPDATE graphile_worker._private_jobs SET run_at = now()
     WHERE payload->>'messageId' = $1 OR payload->>'connectionId' = $2`,
    [messageId, business.connection.id],
  );
  await place.quiet();
}

/** Has the job that was sending a message run again, as it does after its process died in the midst of it. */
async function afterDeath(messageId: Uuid): Promise<void> {
  const { id: connectionId } = business.connection;
  const [job] = await place.app.db.query<{ id: string }>(
    `SELECT id FROM graphile_worker.add_job('conversations.dispatch', $1::json, run_at := now() + interval '1 hour')`,
    [JSON.stringify({ orgId: business.orgId, requestId: newId(), connectionId })],
  );
  await place.app.db.query('UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE id = $1', [job!.id]);
  await place.app.db.query(
    `UPDATE messages SET status = 'sending', attempt = 2, attempted_at = now(), dispatch_id = $2 WHERE id = $1`,
    [messageId, job!.id],
  );
  await hurry(messageId);
}

interface StoredMessage extends Record<string, unknown> {
  status: string;
  error_code: string | null;
  attempt: number;
  provider_message_id: string | null;
}

async function stored(id: Uuid): Promise<StoredMessage> {
  const [row] = await place.app.db.query<StoredMessage>(
    'SELECT status, error_code, attempt, provider_message_id FROM messages WHERE id = $1',
    [id],
  );
  return row!;
}

/** Writes into a thread while the provider takes nothing: the message waits, and its job with it. */
async function aWaitingMessage() {
  const conversation = await aConversation(place, business);
  const { accountSid } = business.connection.number;
  timing({ retryMs: 3_600_000 / 20 });
  const { id: fault } = place.twilio.faults.add({
    kind: 'fail',
    status: 429,
    code: 20429,
    times: 'always',
    accountSid,
  });
  const id = await conversation.reply('Are you there?');
  await place.quiet();
  place.twilio.faults.clear({ id: fault });
  expect(await stored(id)).toMatchObject({ status: 'queued', error_code: 'rate_limited', attempt: 1 });
  return { id, conversation };
}

/** The provider has a message that we know nothing of: what an accepted request leaves whose sender died. It is told of `messageId`. */
async function accepted(to: string, text: string, messageId?: Uuid): Promise<string> {
  const { accountSid, authToken, address, channel } = business.connection.number;
  const body = new URLSearchParams({
    To: atTwilio(channel, to),
    From: atTwilio(channel, address),
    Body: text,
  });
  if (messageId) body.set('StatusCallback', `${business.connection.webhookUrl}?message=${messageId}`);
  const answer = await fetch(`${place.twilio.url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body,
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { sid: string }).sid;
}

const codeOf = async (conversationId: Uuid): Promise<[number, string]> => {
  const { status, body } = await business.owner.post(`/conversations/${conversationId}/messages`, {
    text: 'Hi',
  });
  return [status, String(body.code)];
};

describe.each(CHANNELS)('what may not be sent on %s', (channel) => {
  about(channel);

  test('after STOP: refused when it is written', async () => {
    const { id, customer } = await aConversation(place, business);
    await customer.writes('STOP');
    await place.quiet();
    expect(await codeOf(id)).toEqual([422, 'contact_opted_out']);
  });

  test('STOP between writing and sending: refused when it is sent, and nothing reaches the provider', async () => {
    const { id, conversation } = await aWaitingMessage();
    await conversation.customer.writes('STOP');
    await place.quiet();
    // The confirmation does not wait behind it.
    expect(conversation.customer.read()).toEqual([expect.stringMatching(/(?:no|any) more messages/)]);
    await hurry(id);
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'opted_out', attempt: 1 });
    expect(conversation.customer.read()).toHaveLength(1);
  });

  test('over a connection that was switched off, when it is written and when it is sent', async () => {
    const { id, conversation } = await aWaitingMessage();
    const path = `/channel-connections/${business.connection.id}`;
    await business.owner.patch(path, { isActive: false }).expect(200);
    try {
      expect(await codeOf(conversation.id)).toEqual([409, 'connection_inactive']);
      await hurry(id);
      expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'connection_inactive' });
      expect(conversation.customer.got()).toEqual([]);
    } finally {
      await business.owner.patch(path, { isActive: true }).expect(200);
    }
  });
});

describe('on WhatsApp', () => {
  about('whatsapp');

  test('outside the session window, when it is written and when it is sent', async () => {
    const { id, conversation } = await aWaitingMessage();
    await place.app.db.query('UPDATE conversations SET session_window_ends_at = now() WHERE id = $1', [
      conversation.id,
    ]);
    expect(await codeOf(conversation.id)).toEqual([422, 'session_window_closed']);
    await hurry(id);
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'outside_window' });
    expect(conversation.customer.got()).toEqual([]);

    await conversation.customer.writes('Hello again');
    await place.quiet();
    await conversation.reply('Welcome');
    await place.quiet();
    expect(conversation.customer.read()).toEqual(['Welcome']);
  });
});

describe.each(CHANNELS)('what the provider says to a send on %s', (channel) => {
  about(channel);

  test('"unsubscribed" is recorded as consent', async () => {
    const { id, reply, customer } = await aConversation(place, business);
    place.twilio.optOut(business.connection.number.accountSid, atTwilio(channel, customer.phone));
    const message = await reply('Hi');
    await place.quiet();
    expect(await stored(message)).toMatchObject({ status: 'failed', error_code: 'opted_out' });
    const ledger = await place.app.db.query(
      `SELECT action, source, evidence FROM consent_events WHERE phone = $1 ORDER BY at DESC LIMIT 1`,
      [customer.phone],
    );
    expect(ledger).toMatchObject([
      { action: 'opt_out', source: 'provider_error', evidence: { messageId: message } },
    ]);
    expect(await codeOf(id)).toEqual([422, 'contact_opted_out']);
  });

  test.each([
    [{ status: 400, code: 21211 }, 'invalid_number'],
    [{ status: 400, code: 63016 }, 'outside_window'],
    [{ status: 401, code: 20003 }, 'credentials_rejected'],
    [{ status: 400, code: 21408 }, 'route_not_allowed'],
    [{ status: 400, code: 21617 }, 'text_too_long'],
    [{ status: 400, code: 63007 }, 'provider_63007'],
  ])('%j fails the message as %s, once and for all', async (error, code) => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'fail', ...error, to: atTwilio(channel, customer.phone) });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toEqual({
      status: 'failed',
      error_code: code,
      attempt: 1,
      provider_message_id: null,
    });
    expect(customer.got()).toEqual([]);
  });

  test('"too many requests" has it offered again', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'fail',
      status: 429,
      code: 20429,
      times: 2,
      to: atTwilio(channel, customer.phone),
    });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status: 'delivered', error_code: null, attempt: 3 });
    expect(customer.read()).toEqual(['Hi']);
  });

  test('"too many requests" without end fails it', async () => {
    timing({ maxAttempts: 3 });
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'fail',
      status: 429,
      code: 20429,
      times: 'always',
      to: atTwilio(channel, customer.phone),
    });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'rate_limited', attempt: 3 });
  });

  test('a message that waits holds back the next one: people read in order', async () => {
    const { id, conversation } = await aWaitingMessage();
    const next = await conversation.reply('And another thing');
    await place.quiet();
    expect(await stored(next)).toMatchObject({ status: 'queued', attempt: 0 });
    await hurry(id);
    expect(await stored(next)).toMatchObject({ status: 'delivered' });
    expect(conversation.customer.read()).toEqual(['Are you there?', 'And another thing']);
  });
});

describe('messages of one thread', () => {
  const channel = 'whatsapp';
  about(channel);

  test('are handed over one after the other, however long one takes', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'delay',
      ms: 400,
      beforeRecording: true,
      to: atTwilio(channel, customer.phone),
    });
    const texts = ['one', 'two', 'three'];
    const ids = [];
    for (const text of texts) ids.push(await reply(text));
    await place.quiet();
    expect(customer.read()).toEqual(texts);
    for (const id of ids) expect(await stored(id)).toMatchObject({ status: 'delivered', attempt: 1 });
  });

  test('wait for one that was lost only until that is known', async () => {
    const { reply, customer } = await aConversation(place, business);
    timing({ lookMs: [3_600_000] });
    place.twilio.faults.add({ kind: 'dropBefore', to: atTwilio(channel, customer.phone) });
    const lost = await reply('one');
    const next = await reply('two');
    await place.quiet();
    expect(await stored(lost)).toMatchObject({ status: 'unknown' });
    expect(await stored(next)).toMatchObject({ status: 'delivered' });
  });

  test('go on after a process died, also when a callback had told by then', async () => {
    const { id, conversation } = await aWaitingMessage();
    const next = await conversation.reply('two');
    await place.quiet();
    await place.app.db.query(
      `UPDATE messages SET status = 'sent', attempt = 2, provider_message_id = $2 WHERE id = $1`,
      [id, `SM${id}`],
    );
    expect(await stored(next)).toMatchObject({ status: 'queued' });
    await hurry(id);
    expect(await stored(next)).toMatchObject({ status: 'delivered' });
  });
});

describe.each(CHANNELS)('an answer that is lost on %s', (channel) => {
  about(channel);

  test('is made good by a callback, and the message is sent once', async () => {
    const { reply, customer } = await aConversation(place, business);
    // Looks come too late to help.
    timing({ lookMs: [3_600_000] });
    place.twilio.faults.add({ kind: 'drop', to: atTwilio(channel, customer.phone) });
    const id = await reply('Hi');
    await place.quiet();
    const [message] = customer.got();
    expect(await stored(id)).toEqual({
      status: 'delivered',
      error_code: null,
      attempt: 1,
      provider_message_id: message!.sid,
    });
    expect(customer.got()).toHaveLength(1);
  });

  test('is made good by asking the provider, and the message is sent once', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'drop', callbacks: false, to: atTwilio(channel, customer.phone) });
    const id = await reply('Hi');
    await place.quiet();
    const [message] = customer.got();
    expect(await stored(id)).toMatchObject({
      attempt: 1,
      provider_message_id: message!.sid,
      error_code: null,
    });
    expect((await stored(id)).status).toMatch(/^(sending|sent|delivered)$/);
    expect(customer.got()).toHaveLength(1);
  });

  test('three times for the same text finds three different messages', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'drop',
      callbacks: false,
      times: 3,
      to: atTwilio(channel, customer.phone),
    });
    const ids = [await reply('Hi'), await reply('Hi'), await reply('Hi')];
    await place.quiet();
    const found = [];
    for (const id of ids) found.push((await stored(id)).provider_message_id);
    expect(found.sort()).toEqual(
      customer
        .got()
        .map(({ sid }) => sid)
        .sort(),
    );
    expect(customer.got()).toHaveLength(3);
  });

  test('is looked for only when no message of the same text is under way', async () => {
    const { reply, customer } = await aConversation(place, business);
    const to = atTwilio(channel, customer.phone);
    place.twilio.faults.add({ kind: 'dropBefore', to });
    const lost = await reply('Hi');
    place.twilio.faults.add({ kind: 'delay', ms: 400, to });
    const twin = await reply('Hi');
    await place.quiet();
    expect(await stored(twin)).toMatchObject({ provider_message_id: customer.got().at(-1)!.sid });
    expect(await stored(lost)).toMatchObject({ status: 'failed', error_code: 'not_accepted' });
    expect(customer.got()).toHaveLength(1);
  });

  test('to a request that never arrived fails the message after the last look; it is not sent again', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'dropBefore', to: atTwilio(channel, customer.phone) });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toEqual({
      status: 'failed',
      error_code: 'not_accepted',
      attempt: 1,
      provider_message_id: null,
    });
    expect(customer.got()).toEqual([]);
  });

  test('stays unknown while the provider cannot be asked', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({ kind: 'drop', callbacks: false, to: atTwilio(channel, customer.phone) });
    place.twilio.faults.add({ kind: 'fail', status: 503, code: 20503, on: 'read' });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status: 'unknown', provider_message_id: null });
    await hurry(id);
    expect(await stored(id)).toMatchObject({ provider_message_id: customer.got()[0]!.sid });
  });

  test('to a send whose process died is looked for, and what is found is recorded', async () => {
    const { id, conversation } = await aWaitingMessage();
    const sid = await accepted(conversation.customer.phone, 'Are you there?');
    await afterDeath(id);
    expect(await stored(id)).toMatchObject({ attempt: 2, provider_message_id: sid });
    expect(conversation.customer.read()).toEqual(['Are you there?']);
  });

  test('is not assumed while another job is at it', async () => {
    const { id } = await aWaitingMessage();
    await place.app.db.query(`UPDATE messages SET status = 'sending', attempt = 2 WHERE id = $1`, [id]);
    await hurry(id);
    expect(await stored(id)).toMatchObject({ status: 'sending', attempt: 2 });
  });

  test('to a send whose process died before it left ends in not_accepted', async () => {
    const { id, conversation } = await aWaitingMessage();
    await afterDeath(id);
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'not_accepted', attempt: 2 });
    expect(conversation.customer.got()).toEqual([]);
  });

  test('that comes back when a later attempt was begun changes nothing', async () => {
    const { id } = await aWaitingMessage();
    await place.app.db.query(`UPDATE messages SET status = 'sending', attempt = 5 WHERE id = $1`, [id]);
    const record = place.app.nest.get(RecordSendOutcomes, { strict: false });
    const outcome = { kind: 'refused', code: 'provider_refused' } as const;
    await place.app.database.runInOrg(business.scope, () =>
      record.execute([{ messageId: id, attempt: 4, outcome }]),
    );
    expect(await stored(id)).toMatchObject({ status: 'sending', attempt: 5, error_code: 'rate_limited' });
    await place.app.database.runInOrg(business.scope, () =>
      record.execute([{ messageId: id, attempt: 5, outcome }]),
    );
    expect(await stored(id)).toMatchObject({ status: 'failed', error_code: 'provider_refused' });
  });
});

describe.each(CHANNELS)('callbacks on %s', (channel) => {
  about(channel);

  test('shuffled and repeated end in the same state', async () => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.configure({ statusSteps: ['queued', 'sending', 'sent', 'delivered', 'read'] });
    place.twilio.faults.add({
      kind: 'shuffleCallbacks',
      times: 'always',
      to: atTwilio(channel, customer.phone),
    });
    place.twilio.faults.add({
      kind: 'duplicateCallbacks',
      copies: 2,
      times: 'always',
      to: atTwilio(channel, customer.phone),
    });
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await reply(`message ${i}`));
    await place.quiet();
    for (const id of ids) expect(await stored(id)).toMatchObject({ status: 'read', error_code: null });
  });

  test('that are faster than the answer to the send count, and the answer does not undo them', async () => {
    const { reply, customer } = await aConversation(place, business);
    // Whether the send still waits for its answer when the callbacks are worked off.
    const isAnswered = async () =>
      (
        await place.app.db.query(
          `SELECT FROM graphile_worker._private_jobs WHERE payload->>'connectionId' = $1 AND locked_at IS NOT NULL`,
          [business.connection.id],
        )
      ).length === 0;
    let id: Uuid;
    // Where a slow machine works them off after the answer, the next answer is later.
    for (let ms = 500; ; ms *= 3) {
      place.twilio.faults.add({ kind: 'delay', ms, to: atTwilio(channel, customer.phone) });
      id = await reply('Hi');
      await until(async () => (await stored(id)).status === 'delivered');
      if (!(await isAnswered())) break;
      expect(ms).toBeLessThan(30_000);
    }
    await place.quiet();
    expect(await stored(id)).toMatchObject({
      status: 'delivered',
      attempt: 1,
      provider_message_id: customer.got()[0]!.sid,
    });
  });

  test.each([
    [63016, 'undelivered', 'outside_window'],
    [30007, 'undelivered', 'filtered'],
    [30008, 'failed', 'provider_30008'],
  ] as const)('with error %i leave the message %s, with the reason', async (errorCode, status, code) => {
    const { reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'failDelivery',
      errorCode,
      status,
      to: atTwilio(channel, customer.phone),
    });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status, error_code: code });
  });

  test('with "unsubscribed" are recorded as consent', async () => {
    const { id: conversationId, reply, customer } = await aConversation(place, business);
    place.twilio.faults.add({
      kind: 'failDelivery',
      errorCode: 21610,
      to: atTwilio(channel, customer.phone),
    });
    const id = await reply('Hi');
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status: 'undelivered', error_code: 'opted_out' });
    expect(await codeOf(conversationId)).toEqual([422, 'contact_opted_out']);
  });

  test('bring back a message that was given up', async () => {
    const { id, conversation } = await aWaitingMessage();
    await place.app.db.query(
      `UPDATE messages SET status = 'failed', error_code = 'not_accepted' WHERE id = $1`,
      [id],
    );
    await accepted(conversation.customer.phone, 'Are you there?', id);
    await place.quiet();
    expect(await stored(id)).toMatchObject({ status: 'delivered', error_code: null });
  });

  test('about a message that is none of ours change nothing and are logged as processed', async () => {
    const { conversation } = await aWaitingMessage();
    const sid = await accepted(conversation.customer.phone, 'From elsewhere', newId());
    await place.quiet();
    const logged = await place.app.db.query<{ processing_status: string }>(
      'SELECT DISTINCT processing_status FROM webhook_logs WHERE external_id = $1',
      [sid],
    );
    expect(logged).toEqual([{ processing_status: 'processed' }]);
    expect(await place.app.db.query('SELECT id FROM messages WHERE provider_message_id = $1', [sid])).toEqual(
      [],
    );
  });
});
