import type { Uuid } from '../../src/common/context';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { aCloudNumber, cloudNumberBody, type CloudConnection } from './cloud';
import { aTwilioNumber, atTwilio, type TestConnection } from './connections';
import type { TestInstallation } from './business';
import { anOrganization, as, type Caller, type TestOrganization } from './people';
import type { TestOperator } from './operator';
import { secret } from './run-record';

/** An organization that uses a shared number. */
export interface TestMember extends TestOrganization {
  readonly owner: Caller;
  readonly name: string;
  /** Its own connection. */
  readonly connectionId: Uuid;
  /** What it was written, oldest first. */
  inbox(): Promise<string[]>;
  /** Enters somebody into its contact book. */
  knows(phone: string): Promise<void>;
}

/** Connects a number that organizations can share, and tells the simulator where its webhooks go. */
export async function aSharedNumber(
  { twilio }: Pick<TestInstallation, 'twilio'>,
  operator: TestOperator,
  number = aTwilioNumber(twilio),
): Promise<TestConnection> {
  const { body } = await operator.caller.post('/platform/shared-numbers', number).expect(201);
  const { id, webhookUrl } = body as { id: Uuid; webhookUrl: string };
  const { accountSid, channel, address, messagingServiceSid: service } = number;
  const pool = twilio
    .numbers()
    .filter(
      (known) =>
        known.address === atTwilio(channel, address) ||
        (service !== undefined && known.messagingServiceSid === service),
    );
  for (const known of pool) twilio.addNumber({ accountSid, address: known.address, webhookUrl });
  return { id, webhookUrl, number };
}

/** The same at Meta: webhooks of its app go where those of all connections go. */
export async function aSharedCloudNumber(
  cloud: WhatsappCloudSimulator,
  operator: TestOperator,
): Promise<CloudConnection> {
  const number = aCloudNumber(cloud);
  const { body } = await operator.caller
    .post('/platform/shared-numbers', cloudNumberBody(number))
    .expect(201);
  const { id } = body as { id: Uuid };
  const setup = await operator.caller.get(`/channel-connections/${id}/webhook-setup`).expect(200);
  const connection = { id, number, ...(setup.body as Omit<CloudConnection, 'id' | 'number'>) };
  secret('verify token', connection.verifyToken);
  cloud.addAccount({ id: number.accountId, webhookUrl: connection.sharedWebhookUrl });
  return connection;
}

/** Makes an organization that uses a number, or has one that there is use it. */
export async function aMemberOf(
  { app }: Pick<TestInstallation, 'app'>,
  operator: TestOperator,
  number: Pick<TestConnection, 'id'>,
  name: string,
): Promise<TestMember> {
  const organization = await anOrganization(app);
  const owner = as(app, organization.ownerToken);
  await app.db.query('UPDATE organizations SET name = $2, locale = $3 WHERE id = $1', [
    organization.orgId,
    name,
    'en',
  ]);
  await operator.caller
    .post(`/platform/shared-numbers/${number.id}/members`, { organizationId: organization.orgId })
    .expect(201);
  const { body } = await owner.get('/channel-connections').expect(200);
  const [connection] = (body as { items: { id: Uuid }[] }).items;
  if (!connection) throw new Error('a member has no connection');
  return {
    ...organization,
    owner,
    name,
    connectionId: connection.id,
    inbox: async () =>
      (
        await app.db.query<{ body: string }>(
          `SELECT body FROM messages WHERE org_id = $1 AND direction = 'incoming' ORDER BY created_at, id`,
          [organization.orgId],
        )
      ).map(({ body: text }) => text),
    knows: async (phone) => {
      await owner.post('/contacts', { name: 'Dana', phone }).expect(201);
    },
  };
}
