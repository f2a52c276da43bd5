import { randomUUID } from 'node:crypto';
import { JobRegistry } from '../../src/common/jobs';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { testApp, type TestApp } from '../support';
import { atTwilio, type MessagingChannel } from '../support/connections';
import { as } from '../support/people';
import { aTwilio } from '../support/twilio';
import { aDesk, aMessageSid, deliver, signed, type TestDesk } from '../support/webhooks';

const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';
let app: TestApp;
let twilio: TwilioSimulator;
let desks: Record<MessagingChannel, TestDesk>;
let desk: TestDesk;
let shared: string;
const CHANNELS: MessagingChannel[] = ['whatsapp', 'sms'];

beforeAll(async () => {
  twilio = await aTwilio({ settings: { callbackDelayMs: 1 } });
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url } });
  desks = { whatsapp: await aDesk(app, twilio), sms: await aDesk(app, twilio, 'sms') };
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});

/** Has the tests of a block be about one endpoint. */
const about = (channel: MessagingChannel) =>
  beforeAll(() => {
    desk = desks[channel];
    shared = `${app.url}/api/v1/channels/${channel}/webhook`;
  });

const target = (url = desk.connection.webhookUrl) => ({ authToken: desk.connection.number.authToken, url });
const send = (fields: Record<string, string>, url?: string) => deliver(signed(fields, target(url)));
const logsOf = (externalId: string | undefined) =>
  app.db.query<Record<string, unknown>>(
    'SELECT * FROM webhook_logs WHERE external_id = $1 ORDER BY received_at',
    [externalId],
  );
const mappingOf = async (from: string | undefined, orgId = desk.orgId) => {
  const [row] = await app.db.query<Record<string, unknown>>(
    'SELECT * FROM phone_number_mappings WHERE org_id = $1 AND phone_number = $2',
    [orgId, from?.replace('whatsapp:', '')],
  );
  return row;
};
const count = async (sql: string, params: unknown[] = []) => {
  const [row] = await app.db.query<{ count: string }>(sql, params);
  return Number(row?.count);
};

describe.each(CHANNELS)('a message of a customer on %s', (channel) => {
  about(channel);

  test('is answered with empty TwiML, logged, claimed and worked off', async () => {
    const fields = desk.message({ Body: 'Grüße 😀 & more = 100%' });
    const answer = await send(fields);
    expect(answer).toMatchObject({ status: 200, type: 'text/xml; charset=utf-8', text: TWIML });
    await app.settled();

    const [log, ...others] = await logsOf(fields['MessageSid']);
    expect(others).toEqual([]);
    expect(log).toMatchObject({
      org_id: desk.orgId,
      webhook_source: `twilio_${channel}`,
      webhook_type: 'message_inbound',
      url: desk.connection.webhookUrl,
      method: 'POST',
      payload: fields,
      signature_verified: true,
      processing_status: 'processed',
      error_message: null,
      retry_count: 0,
      response_status: 200,
      ip_address: '127.0.0.1',
    });
    expect(log?.['signature']).toMatch(/^[\w+/]{27}=$/);
    expect(log?.['processing_duration_ms']).toEqual(expect.any(Number));
    expect(Object.keys(log?.['headers'] as object).sort()).toEqual([
      'content-type',
      'i-twilio-idempotency-token',
      'user-agent',
    ]);
    const events = await app.db.query(
      'SELECT event_type, status, payload_hash FROM processed_webhook_events WHERE org_id = $1 AND event_id = $2',
      [desk.orgId, `message:${fields['MessageSid']}`],
    );
    expect(events).toEqual([
      { event_type: 'message', status: 'processed', payload_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test('makes a contact and a mapping, which a second message counts up', async () => {
    const first = desk.message();
    await send(first);
    await send(desk.message({ From: first['From'] ?? '' }));
    await app.settled();
    const mapping = await mappingOf(first['From']);
    expect(mapping).toMatchObject({
      country_code: 'DE',
      channels: [channel],
      primary_channel: channel,
      message_count: 2,
      is_verified: false,
      status: 'active',
      [`${channel}_opted_in`]: true,
    });
    const [contact] = await app.db.query('SELECT name, phone FROM contacts WHERE id = $1', [
      mapping?.['contact_id'],
    ]);
    expect(contact).toEqual({
      name: channel === 'whatsapp' ? 'Dana' : null,
      phone: first['From']?.replace('whatsapp:', ''),
    });
  });

  test('is found by number on the shared path as well', async () => {
    const fields = desk.message();
    expect((await send(fields, shared)).status).toBe(200);
    await app.settled();
    expect(await logsOf(fields['MessageSid'])).toMatchObject([{ org_id: desk.orgId, url: shared }]);
  });

  test('can bring media', async () => {
    const fields = desk.message({
      NumMedia: '1',
      MediaUrl0: 'https://api.twilio.com/media/ME1',
      MediaContentType0: 'image/jpeg',
    });
    expect((await send(fields)).status).toBe(200);
  });

  test('the simulator delivers it', async () => {
    const result = await twilio.receive({
      from: atTwilio(channel, '+4915199999999'),
      to: atTwilio(channel, desk.connection.number.address),
      body: 'Hi',
    });
    expect(result.delivered).toBe(true);
    expect(result.attempts).toMatchObject([{ status: 200, body: TWIML }]);
  });

  test('a status callback is logged with its status as a part of the event', async () => {
    const fields = desk.status();
    const url = `${desk.connection.webhookUrl}?message=${randomUUID()}`;
    expect((await send(fields, url)).status).toBe(200);
    const sent = { ...fields, MessageStatus: 'sent', SmsStatus: 'sent' };
    expect((await send(sent, url)).status).toBe(200);
    await app.settled();
    const logs = await logsOf(fields['MessageSid']);
    expect(logs).toMatchObject([
      { webhook_type: 'message_status', url, processing_status: 'processed', error_message: null },
      { webhook_type: 'message_status', url, processing_status: 'processed', error_message: null },
    ]);
  });
});

describe('a message on WhatsApp', () => {
  about('whatsapp');

  test('can come from someone who shows no number', async () => {
    const fields = desk.message({ From: 'whatsapp:DE.1349210987654321' });
    await send(fields);
    await app.settled();
    const mapping = await mappingOf('DE.1349210987654321');
    expect(mapping).toMatchObject({ country_code: null, message_count: 1 });
    const [contact] = await app.db.query('SELECT phone, whatsapp_id FROM contacts WHERE id = $1', [
      mapping?.['contact_id'],
    ]);
    expect(contact).toEqual({ phone: null, whatsapp_id: 'DE.1349210987654321' });
  });
});

describe.each(CHANNELS)('a duplicate on %s', (channel) => {
  about(channel);

  test('gets 200 and has no second effect', async () => {
    const fields = desk.message();
    const request = signed(fields, target());
    expect((await deliver(request)).status).toBe(200);
    await app.settled();
    expect((await deliver(request)).status).toBe(200);
    await app.settled();
    expect(await logsOf(fields['MessageSid'])).toMatchObject([
      { processing_status: 'processed', error_message: null },
      { processing_status: 'processed', error_message: 'duplicate' },
    ]);
    expect((await mappingOf(fields['From']))?.['message_count']).toBe(1);
  });

  test('twenty at once have one effect', async () => {
    const fields = desk.message();
    const request = signed(fields, target());
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await app.settled();
    expect(await logsOf(fields['MessageSid'])).toHaveLength(20);
    expect((await mappingOf(fields['From']))?.['message_count']).toBe(1);
    expect(
      await count('SELECT count(*) FROM processed_webhook_events WHERE event_id = $1', [
        `message:${fields['MessageSid']}`,
      ]),
    ).toBe(1);
  });

  test('the same event id in another organization is another event', async () => {
    const other = await aDesk(app, twilio, channel);
    const fields = desk.message();
    await send(fields);
    const theirs = other.message({ MessageSid: fields['MessageSid'] ?? '', From: fields['From'] ?? '' });
    await deliver(
      signed(theirs, { authToken: other.connection.number.authToken, url: other.connection.webhookUrl }),
    );
    await app.settled();
    expect((await mappingOf(fields['From']))?.['message_count']).toBe(1);
    expect((await mappingOf(fields['From'], other.orgId))?.['message_count']).toBe(1);
  });

  test('running the job of a delivery again changes nothing', async () => {
    const fields = desk.message();
    await send(fields);
    await app.settled();
    const [log] = await logsOf(fields['MessageSid']);
    const [event] = await app.db.query<{ id: string }>(
      'SELECT id FROM processed_webhook_events WHERE event_id = $1',
      [`message:${fields['MessageSid']}`],
    );
    const before = await mappingOf(fields['From']);
    await app.db.query('SELECT graphile_worker.add_job($1, $2)', [
      'channels.process-webhook',
      JSON.stringify({
        orgId: desk.orgId,
        requestId: randomUUID(),
        connectionId: desk.connection.id,
        webhookLogId: log?.['id'],
        receivedAt: (log?.['received_at'] as Date).toISOString(),
        eventId: event?.id,
      }),
    ]);
    await app.settled();
    expect(await mappingOf(fields['From'])).toEqual(before);
    expect(await logsOf(fields['MessageSid'])).toEqual([log]);
  });
});

describe.each(CHANNELS)('a connection that is switched off on %s', (channel) => {
  about(channel);

  test('takes in like the others: a STOP meanwhile holds when it is switched on again', async () => {
    const other = await aDesk(app, twilio, channel);
    const owner = as(app, other.ownerToken);
    const to = { authToken: other.connection.number.authToken, url: other.connection.webhookUrl };
    const hello = other.message();
    await deliver(signed(hello, to));
    await app.settled();
    expect(await mappingOf(hello['From'], other.orgId)).toMatchObject({ [`${channel}_opted_in`]: true });

    await owner.patch(`/channel-connections/${other.connection.id}`, { isActive: false }).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const stop = other.message({ From: hello['From'] ?? '', Body: 'STOP' });
    expect(await deliver(signed(stop, to))).toMatchObject({ status: 200, text: TWIML });
    await app.settled();
    expect(await logsOf(stop['MessageSid'])).toMatchObject([
      { org_id: other.orgId, signature_verified: true, processing_status: 'processed', response_status: 200 },
    ]);
    await owner.patch(`/channel-connections/${other.connection.id}`, { isActive: true }).expect(200);

    expect(await mappingOf(hello['From'], other.orgId)).toMatchObject({ [`${channel}_opted_in`]: false });
    const { body } = await owner.get('/conversations').expect(200);
    const [conversation] = body.items as [{ id: string }];
    const answer = await owner.post(`/conversations/${conversation.id}/messages`, { text: 'Hello' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'contact_opted_out' } });
  });
});

describe.each(CHANNELS)('what is refused on %s', (channel) => {
  about(channel);

  const refused = async (fields: Record<string, string>, url?: string) => {
    const effects = async () => [
      await count('SELECT count(*) FROM processed_webhook_events'),
      await count(`SELECT count(*) FROM graphile_worker._private_jobs j
        JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'channels.process-webhook'`),
    ];
    await app.settled();
    const before = await effects();
    const answer = await send(fields, url);
    expect(await effects()).toEqual(before);
    return answer;
  };

  test('a number that is not connected: 404, with a log row of no organization', async () => {
    const fields = desk.message({ To: atTwilio(channel, '+15005550006') });
    expect(await refused(fields, shared)).toMatchObject({ status: 404, code: 'webhook_not_connected' });
    expect(await logsOf(fields['MessageSid'])).toMatchObject([
      { org_id: null, signature_verified: false, processing_status: 'failed', response_status: 404 },
    ]);
  });

  test('an id that no connection has, or that is none: 404', async () => {
    expect((await refused(desk.message(), `${shared}/${randomUUID()}`)).status).toBe(404);
    expect((await refused(desk.message(), `${shared}/nonsense`)).status).toBe(404);
  });

  test('another account than the connection has: 404', async () => {
    const fields = desk.message({ AccountSid: `AC${'9'.repeat(32)}` });
    expect((await refused(fields)).status).toBe(404);
  });

  test("another connection's number on this connection's path: 404", async () => {
    const other = await aDesk(app, twilio, channel);
    expect((await refused(desk.message({ To: other.message()['To'] ?? '' }))).status).toBe(404);
  });

  test.each<[string, Record<string, string>]>([
    ['no message id', { MessageSid: '' }],
    ['no sender', { From: '' }],
    [
      'a sender on another channel',
      { From: atTwilio(channel === 'sms' ? 'whatsapp' : 'sms', '+4915112345678') },
    ],
    ['media that are not there', { NumMedia: '1' }],
    ['media that were not announced', { MediaUrl0: 'https://x.test/1', MediaContentType0: 'image/png' }],
    ['NUL in a text', { Body: 'a\0b' }],
  ])('%s: 400', async (_what, change) => {
    expect(await refused(desk.message(change))).toMatchObject({ status: 400, code: 'malformed_webhook' });
  });

  test.each([
    ['an escape that is none', 'Body=%zz'],
    ['bytes that are not UTF-8', 'Body=%ff%fe'],
    ['bytes that no form has', 'Body=\u00e4'],
    ['nothing', ''],
  ])('%s: 400 without a log row', async (_what, body) => {
    const before = await count('SELECT count(*) FROM webhook_logs');
    const request = signed(desk.message(), target());
    expect(await deliver({ ...request, body })).toMatchObject({ status: 400 });
    expect(await count('SELECT count(*) FROM webhook_logs')).toBe(before);
  });

  test('a body that is too large: 413; another content type: 415; a GET: 404', async () => {
    const request = signed(desk.message(), target());
    expect((await deliver({ ...request, body: `Body=${'x'.repeat(70_000)}` })).status).toBe(413);
    const json = { ...request, headers: { ...request.headers, 'Content-Type': 'application/json' } };
    expect((await deliver({ ...json, body: JSON.stringify({ Body: 'x'.repeat(70_000) }) })).status).toBe(413);
    const xml = { ...request, headers: { ...request.headers, 'Content-Type': 'text/xml' } };
    expect((await deliver(xml)).status).toBe(415);
    expect((await fetch(request.url)).status).toBe(404);
  });

  test('a log row of a refused delivery is bounded', async () => {
    const MessageSid = aMessageSid();
    const fields = desk.message({
      MessageSid,
      To: atTwilio(channel, '+15005550006'),
      Body: 'x'.repeat(5_000),
    });
    await refused(fields, shared);
    const [log] = await logsOf(MessageSid);
    expect((log?.['payload'] as Record<string, string>)['Body']).toBe('x'.repeat(256));
  });
});

describe('a token that was rotated', () => {
  test('is used at once, and the old one is refused', async () => {
    const other = await aDesk(app, twilio);
    const { accountSid, authToken: old } = other.connection.number;
    const url = other.connection.webhookUrl;
    expect((await deliver(signed(other.message(), { authToken: old, url }))).status).toBe(200);
    const { authToken } = twilio.rotateToken(accountSid);
    await as(app, other.ownerToken)
      .post(`/channel-connections/${other.connection.id}/rotate-token`, { authToken, overlapHours: 0 })
      .expect(200);
    expect((await deliver(signed(other.message(), { authToken, url }))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await deliver(signed(other.message(), { authToken: old, url }))).status).toBe(403);
  });
});

describe('working off', () => {
  test('every job that SQL queues has a handler, and as many attempts as that states', async () => {
    const sources = await app.db.query<{ source: string }>(
      `SELECT prosrc AS source FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE '%enqueue_job(%'`,
    );
    const tasks = sources.flatMap(({ source }) =>
      [...source.matchAll(/enqueue_job\('([^']+)'/g)].map(([, task]) => task),
    );
    expect(tasks.sort()).toEqual([
      'channels.process-webhook',
      'channels.route-shared-delivery',
      'conversations.delete-media',
    ]);
    const registry = app.nest.get(JobRegistry, { strict: false });
    expect(registry.names()).toEqual(expect.arrayContaining(tasks));

    const env = { TWILIO_API_BASE_URL: twilio.url, ROLE: 'api' };
    const api = await testApp({ env });
    const other = await aDesk(api, twilio);
    const { webhookUrl: url, number } = other.connection;
    await deliver(signed(other.message(), { authToken: number.authToken, url }));
    const jobs = await api.db.query(
      `SELECT j.max_attempts FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier = 'channels.process-webhook'`,
    );
    expect(jobs).toEqual([{ max_attempts: registry.get('channels.process-webhook').options.maxAttempts }]);
    await api.stop();
  });

  test('a delivery to a connection that was removed meanwhile is noted as failed, and not tried again', async () => {
    const env = { TWILIO_API_BASE_URL: twilio.url };
    const api = await testApp({ env: { ...env, ROLE: 'api' } });
    const other = await aDesk(api, twilio);
    const { id, webhookUrl: url, number } = other.connection;
    const fields = other.message();
    expect((await deliver(signed(fields, { authToken: number.authToken, url }))).status).toBe(200);
    await as(api, other.ownerToken).delete(`/channel-connections/${id}`).expect(204);

    const worker = await testApp({ env: { ...env, ROLE: 'worker' }, db: api.db });
    await worker.settled();
    const logs = await api.db.query('SELECT processing_status, error_message, retry_count FROM webhook_logs');
    expect(logs).toEqual([
      { processing_status: 'failed', error_message: 'connection_removed', retry_count: 0 },
    ]);
    const jobs = await api.db.query(
      `SELECT j.id FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE t.identifier = 'channels.process-webhook'`,
    );
    expect(jobs).toEqual([]);
    await worker.stop();
    await api.stop();
  });
});

test.each(CHANNELS)('outcomes are counted on %s', async (channel) => {
  const { webhookUrl: url } = desks[channel].connection;
  await deliver(signed(desks[channel].message(), { authToken: '0'.repeat(32), url }));
  const { text } = await app
    .http()
    .get('/metrics')
    .set('authorization', 'Bearer metrics-token-for-tests')
    .expect(200);
  for (const outcome of ['accepted', 'duplicate', 'unknown', 'refused', 'forged'])
    expect(text).toMatch(
      new RegExp(`frontdesk_webhooks_total\\{source="twilio_${channel}",outcome="${outcome}"\\} [1-9]`),
    );
});
