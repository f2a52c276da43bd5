import { WebhookLogsRepository } from '../../src/modules/channels/db/webhook-logs.repository';
import { systemScope, type Uuid } from '../../src/common/context';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { signature } from '../../tools/whatsapp-cloud-simulator/signing';
import { anOrganization, as, type Caller } from '../support';
import { anInstallation, type TestInstallation } from '../support/business';
import { aCloud, aCloudConnection } from '../support/cloud';
import { aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

let cloud: WhatsappCloudSimulator;
let place: TestInstallation;
let desk: TestDesk;
let owner: Caller;

beforeAll(async () => {
  cloud = await aCloud();
  place = await anInstallation({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
  desk = await aDesk(place.app, place.twilio);
  owner = as(place.app, desk.ownerToken);
});
afterAll(async () => {
  await place.stop();
  await cloud.close();
});

const observe = (id: string, caller = owner) =>
  caller.put(`/channel-connections/${id}/verification`, { mode: 'observe', hours: 1 }).expect(200);

test('a connection that observes takes in 600 unverified events a minute, however many stand in one request', async () => {
  const { ownerToken } = await anOrganization(place.app);
  const { id, number, webhookUrl } = await aCloudConnection(place.app, cloud, ownerToken);
  await observe(id, as(place.app, ownerToken));
  const statuses = Array.from({ length: 1_000 }, (_, i) => ({
    id: `wamid.${i}`,
    status: 'sent',
    timestamp: '1749416383',
  }));
  const value = {
    metadata: { phone_number_id: number.numberId, display_phone_number: number.address },
    statuses,
  };
  const entry = [{ id: number.accountId, changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const headers = {
    'Content-Type': 'application/json',
    'X-Hub-Signature-256': signature('f'.repeat(32), body),
  };
  expect((await deliver({ url: webhookUrl, headers, body })).status).toBe(403);
  const [row] = await place.app.db.query<{ taken: number }>(
    'SELECT count(*)::int AS taken FROM webhook_logs WHERE connection_id = $1 AND event_row_id IS NOT NULL',
    [id],
  );
  expect(row!.taken).toBeGreaterThanOrEqual(600);
  expect(row!.taken).toBeLessThan(700);
});

test('a secret that was replaced and opens no more does not keep the new one from verifying', async () => {
  const { connection } = desk;
  const { authToken } = place.twilio.rotateToken(connection.number.accountSid);
  await owner.post(`/channel-connections/${connection.id}/rotate-token`, { authToken }).expect(200);
  await place.app.db.query(
    `UPDATE channel_connections SET previous_credentials = left(previous_credentials, -8) || 'AAAAAAAA' WHERE id = $1`,
    [connection.id],
  );
  const byId = await deliver(signed(desk.message(), { authToken, url: connection.webhookUrl }));
  expect(byId.status).toBe(200);
});

test('an attempt that failed beside one that worked the delivery off does not make it a failed one', async () => {
  const message = desk.message();
  const url = desk.connection.webhookUrl;
  const { authToken } = place.twilio.rotateToken(desk.connection.number.accountSid);
  await owner.post(`/channel-connections/${desk.connection.id}/rotate-token`, { authToken }).expect(200);
  expect((await deliver(signed(message, { authToken, url }))).status).toBe(200);
  await place.quiet();
  const logs = place.app.nest.get(WebhookLogsRepository, { strict: false });
  const [row] = await place.app.db.query<{ id: Uuid; at: string }>(
    'SELECT id, received_at AS at FROM webhook_logs WHERE external_id = $1',
    [message['MessageSid']],
  );
  await place.app.database.runInOrg(systemScope(desk.orgId), () =>
    logs.noteFailure({ webhookLogId: row!.id, receivedAt: row!.at }, new Date(), 'too_slow'),
  );
  const { body } = await owner.get(`/webhook-logs/${row!.id}`).expect(200);
  expect(body).toMatchObject({ outcome: 'processed', error: null });
});

test('a forged delivery has nothing fetched with the credentials but files', async () => {
  await observe(desk.connection.id);
  const { accountSid } = desk.connection.number;
  const message = desk.message({
    NumMedia: '1',
    MediaUrl0: `${place.twilio.url}/2010-04-01/Accounts/${accountSid}.json`,
    MediaContentType0: 'text/plain',
  });
  expect(
    (await deliver(signed(message, { authToken: 'f'.repeat(32), url: desk.connection.webhookUrl }))).status,
  ).toBe(200);
  await place.quiet();
  const [row] = await place.app.db.query<{ id: string }>(
    'SELECT id FROM messages WHERE provider_message_id = $1',
    [message['MessageSid']],
  );
  const { body } = await owner.get(`/messages/${row!.id}`).expect(200);
  expect((body as { media: unknown[] }).media).toEqual([
    expect.objectContaining({ status: 'refused', errorCode: 'url_not_allowed' }),
  ]);
});

test('what a refused delivery was answered is logged', async () => {
  const message = desk.message();
  await owner.put(`/channel-connections/${desk.connection.id}/verification`, { mode: 'enforce' }).expect(200);
  const answer = await deliver(
    signed(message, { authToken: 'f'.repeat(32), url: desk.connection.webhookUrl }),
  );
  const [row] = await place.app.db.query(
    'SELECT response_status AS status, response_body AS body FROM webhook_logs WHERE external_id = $1',
    [message['MessageSid']],
  );
  expect(row).toEqual({ status: 403, body: { status: answer.status, code: answer.code } });
});
