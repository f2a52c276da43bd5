import { WatchCredentials } from '../../src/modules/channels/app/expiry/watch-credentials.job';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { anOrganization, as, mailsTo, testApp, type TestApp, type TestOrganization } from '../support';
import { aCloud, aCloudConnection, aCloudNumber, type CloudConnection } from '../support/cloud';

const DAY = 24 * 60 * 60 * 1000;

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
});
beforeEach(async () => {
  clinic = await anOrganization(app);
});
afterAll(async () => {
  await app.stop();
  await cloud.close();
});

/** A connection whose token ends in so many days. */
async function ending(days: number): Promise<CloudConnection> {
  const number = aCloudNumber(cloud);
  cloud.addAccount({ id: number.accountId, tokenExpiresAt: new Date(Date.now() + days * DAY) });
  return aCloudConnection(app, cloud, clinic.ownerToken, number);
}

const endsIn = ({ id }: CloudConnection, days: number) =>
  app.db.query('UPDATE channel_connections SET credentials_expire_at = $2 WHERE id = $1', [
    id,
    new Date(Date.now() + days * DAY),
  ]);
const watch = () => app.nest.get(WatchCredentials, { strict: false }).run();
const letters = async () => {
  const [owner] = await app.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [
    clinic.ownerId,
  ]);
  return mailsTo(app, owner?.email ?? '');
};
const subjects = async () => (await letters()).map(({ subject }) => subject);

test('owners are told 14, 7 and 1 days before, once each', async () => {
  const connection = await ending(20);
  await watch();
  expect(await subjects()).toEqual([]);
  // The token is the same; time goes by.
  const expire = new Date(Date.now() + 13 * DAY);
  const step = (days: number) =>
    app.db.query(
      `UPDATE channel_connections SET credentials_expire_at = $2,
         expiry_warned_for = CASE WHEN expiry_warned_for IS NOT NULL THEN $2::timestamptz END WHERE id = $1`,
      [connection.id, new Date(expire.getTime() - (13 - days) * DAY)],
    );
  for (const [days, mails] of [
    [13, 1],
    [8, 1],
    [6.9, 2],
    [2, 2],
    [0.9, 3],
    [0.1, 3],
    [-1, 3],
  ] as const) {
    await step(days);
    await Promise.all([watch(), watch()]);
    await watch();
    expect([days, (await subjects()).length]).toEqual([days, mails]);
  }
  const [mail] = await letters();
  expect(mail?.subject).toBe(`The access token ends on ${expire.toISOString().slice(0, 10)}: Front desk`);
  expect(mail?.text).toContain(connection.number.address);
  expect(mail?.text).not.toContain(connection.number.accessToken);
});

test('a token that was replaced is not warned of, and its successor is watched', async () => {
  const connection = await ending(3);
  const accessToken = `EAA${'cd'.repeat(20)}`;
  const tokenExpiresAt = new Date(Date.now() + 10 * DAY);
  cloud.addAccount({ id: connection.number.accountId, accessToken, tokenExpiresAt });
  await as(app, clinic.ownerToken)
    .post(`/channel-connections/${connection.id}/rotate-token`, { accessToken })
    .expect(200);
  await watch();
  expect(await subjects()).toEqual([
    `The access token ends on ${tokenExpiresAt.toISOString().slice(0, 10)}: Front desk`,
  ]);
});

test('one that does not end is not warned of, nor one that has ended', async () => {
  await aCloudConnection(app, cloud, clinic.ownerToken);
  await endsIn(await ending(30), -0.1);
  await watch();
  expect(await subjects()).toEqual([]);
});

test('news names the connection and what is left', async () => {
  const connection = await ending(6);
  await watch();
  await app.settled();
  const [row] = await app.db.query(
    'SELECT expiry_warned_days AS days FROM channel_connections WHERE id = $1',
    [connection.id],
  );
  expect(row).toEqual({ days: 7 });
});
