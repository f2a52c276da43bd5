import { asUuid, newId, systemScope } from '../../src/common/context';
import { Vault } from '../../src/common/crypto';
import { WebhookIntake, type AcceptedWebhook } from '../../src/modules/channels/db/webhook-intake.repository';
import { previousCredentialsPlace, serializeSecrets } from '../../src/modules/channels/domain/credentials';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { testApp, type TestApp } from '../support';
import { aTwilio } from '../support/twilio';
import { aDesk, aMessageSid, deliver, signed, type TestDesk } from '../support/webhooks';

let app: TestApp;
let twilio: TwilioSimulator;
let desk: TestDesk;

beforeAll(async () => {
  twilio = await aTwilio({ settings: { callbackDelayMs: 1 } });
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url } });
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});
beforeEach(async () => {
  desk = await aDesk(app, twilio);
});

const genuine = (fields = desk.message()) =>
  signed(fields, { authToken: desk.connection.number.authToken, url: desk.connection.webhookUrl });
const forged = (fields = desk.message()) =>
  signed(fields, { authToken: 'f'.repeat(32), url: desk.connection.webhookUrl });

const logs = () =>
  app.db.query<{ status: number; verdict: string | null; event: string | null; processed: string }>(
    `SELECT l.response_status AS status, l.verdict, e.event_id AS event, l.processing_status AS processed
     FROM webhook_logs l LEFT JOIN processed_webhook_events e ON e.org_id = l.org_id AND e.id = l.event_row_id
     WHERE l.connection_id = $1 AND l.webhook_type = 'message_inbound' ORDER BY l.received_at, l.id`,
    [desk.connection.id],
  );
const messages = () => app.db.query('SELECT body FROM messages WHERE org_id = $1', [desk.orgId]);
const observe = (until: string) =>
  app.db.query(
    `UPDATE channel_connections SET verification_mode = 'observe', observe_until = now() + $2::interval WHERE id = $1`,
    [desk.connection.id, until],
  );
const isOptedOut = async (from: string | undefined) => {
  const rows = await app.db.query(
    `SELECT FROM consent_events WHERE org_id = $1 AND phone = $2 AND action = 'opt_out'`,
    [desk.orgId, from?.replace('whatsapp:', '')],
  );
  return rows.length > 0;
};

describe('a connection that observes', () => {
  test('takes in what is not signed, and tells why it would not', async () => {
    await observe('1 hour');
    const fields = desk.message({ Body: 'STOP' });
    expect((await deliver(forged(fields))).status).toBe(200);
    await app.settled();
    const event = `unverified:message:${fields['MessageSid']}`;
    expect(await logs()).toEqual([
      { status: 200, verdict: 'webhook_signature_invalid', event, processed: 'processed' },
    ]);
    expect(await isOptedOut(fields['From'])).toBe(true);
  });

  test('is not kept from the true delivery by a false one, and nothing is done twice', async () => {
    await observe('1 hour');
    const fields = desk.message();
    for (const request of [forged(fields), genuine(fields), forged(fields), genuine(fields)])
      expect((await deliver(request)).status).toBe(200);
    await app.settled();
    const sid = fields['MessageSid'];
    const [verdict, processed] = ['webhook_signature_invalid', 'processed'];
    expect(await logs()).toEqual([
      { status: 200, verdict, event: `unverified:message:${sid}`, processed },
      { status: 200, verdict: null, event: `message:${sid}`, processed },
      { status: 200, verdict, event: `unverified:message:${sid}`, processed },
      { status: 200, verdict: null, event: `message:${sid}`, processed },
    ]);
    expect(await messages()).toHaveLength(1);
  });

  test('lets nobody undo an opt-out whom nobody vouches for', async () => {
    await observe('1 hour');
    const stop = desk.message({ Body: 'STOP' });
    expect((await deliver(genuine(stop))).status).toBe(200);
    await app.settled();
    const words = () =>
      app.db.query<{ action: string }>(
        `SELECT action FROM consent_events WHERE org_id = $1 AND phone = $2 AND source = 'keyword' ORDER BY at, created_at`,
        [desk.orgId, stop['From']?.replace('whatsapp:', '')],
      );
    const told = await words();
    expect(told.length).toBeGreaterThan(0);
    expect((await deliver(forged(desk.message({ Body: 'START', From: stop['From'] ?? '' })))).status).toBe(
      200,
    );
    await app.settled();
    expect(await words()).toEqual(told);
    expect((await deliver(genuine(desk.message({ Body: 'START', From: stop['From'] ?? '' })))).status).toBe(
      200,
    );
    await app.settled();
    expect((await words()).length).toBeGreaterThan(told.length);
  });

  test('enforces again when its time is over', async () => {
    await observe('-1 second');
    expect(await deliver(forged())).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
    await app.settled();
    expect(await messages()).toEqual([]);
  });
});

describe('a secret that was replaced', () => {
  const replaced = async (until: string) => {
    const connectionId = asUuid(desk.connection.id);
    const sealed = await app.database.runInOrg(systemScope(desk.orgId, newId()), () =>
      app.nest
        .get(Vault, { strict: false })
        .seal(previousCredentialsPlace(connectionId), serializeSecrets({ authToken: 'f'.repeat(32) })),
    );
    await app.db.query(
      `UPDATE channel_connections SET previous_credentials = $2, previous_credentials_key_id = $3,
         previous_credentials_until = now() + $4::interval WHERE id = $1`,
      [connectionId, sealed.text, sealed.keyId, until],
    );
  };

  test('verifies for a while, beside the new one', async () => {
    await replaced('1 hour');
    expect((await deliver(forged())).status).toBe(200);
    expect((await deliver(genuine())).status).toBe(200);
  });

  test('and no longer', async () => {
    await replaced('-1 second');
    expect((await deliver(forged())).status).toBe(403);
    expect((await deliver(genuine())).status).toBe(200);
  });
});

describe('several events of one request', () => {
  const anEvent = (eventId = `message:${aMessageSid()}`): AcceptedWebhook => ({
    logId: newId(),
    orgId: desk.orgId,
    connectionId: asUuid(desk.connection.id),
    source: 'twilio_whatsapp',
    type: 'message_inbound',
    externalId: eventId.split(':')[1] ?? '',
    url: 'https://desk.example/webhook',
    method: 'POST',
    headers: { 'user-agent': 'a "quoted" one' },
    payload: { ...desk.message({ MessageSid: eventId.split(':')[1] ?? '', Body: `'"\\ 😀 %` }) },
    signature: null,
    ip: '192.0.2.1',
    receivedAt: new Date(),
    eventRowId: newId(),
    eventId,
    eventType: 'message',
    payloadHash: 'f'.repeat(64),
    requestId: newId(),
    verdict: null,
    isRouted: false,
  });
  const accept = (events: AcceptedWebhook[]) => app.nest.get(WebhookIntake, { strict: false }).accept(events);

  test('are taken in together, and of each is told whether it is new', async () => {
    const [first, second] = [anEvent(), anEvent()];
    expect(await accept([first, second])).toEqual([true, true]);
    const third = anEvent();
    const repeated = { ...anEvent(second.eventId), logId: newId() };
    expect(await accept([repeated, third, { ...third, logId: newId(), eventRowId: newId() }])).toEqual([
      false,
      true,
      false,
    ]);
    await app.settled();
    expect((await messages()).map(({ body }) => body)).toEqual([`'"\\ 😀 %`, `'"\\ 😀 %`, `'"\\ 😀 %`]);
    expect((await logs()).every(({ event, processed }) => event !== null && processed === 'processed')).toBe(
      true,
    );
  });

  test('or none of them is', async () => {
    const [good, bad] = [anEvent(), { ...anEvent(), payload: { text: '\u0000' } }];
    await expect(accept([good, bad])).rejects.toThrow();
    expect(await logs()).toEqual([]);
  });
});
