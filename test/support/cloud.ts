import {
  startWhatsappCloudSimulator,
  type SimulatorOptions,
  type WhatsappCloudSimulator,
} from '../../tools/whatsapp-cloud-simulator';
import type { Uuid } from '../../src/common/context';
import { aBusinessNumber } from './connections';
import { as } from './people';
import { secret } from './run-record';
import type { TestApp } from './test-app';

const started: WhatsappCloudSimulator[] = [];

/**
 * Starts a Meta for a file's tests, which fails the file when a request broke Meta's published API description. Tests that
 * mean to break it start a simulator themselves, or clear its violations.
 */
export async function aCloud(options: SimulatorOptions = {}): Promise<WhatsappCloudSimulator> {
  const settings = { statusDelayMs: 1, retryDelayMs: 1, ...options.settings };
  const cloud = await startWhatsappCloudSimulator({ ...options, settings });
  started.push(cloud);
  return cloud;
}

afterAll(() => {
  expect(started.flatMap((cloud) => cloud.violations())).toEqual([]);
});

/** A number at the simulated Meta, and what opens it. */
export interface CloudNumber {
  /** Of the WhatsApp Business Account. */
  readonly accountId: string;
  /** Meta's phone number id. */
  readonly numberId: string;
  readonly address: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly accessToken: string;
}

/** Makes a WhatsApp Business Account with a number at the simulator; what is given stays. An account that is there keeps its app. */
export function aCloudNumber(
  cloud: WhatsappCloudSimulator,
  given: Partial<Pick<CloudNumber, 'accountId' | 'address' | 'appId' | 'appSecret' | 'accessToken'>> = {},
): CloudNumber {
  const { accountId = cloud.addAccount().id, address = aBusinessNumber(), ...secrets } = given;
  const { appId, appSecret, accessToken } = cloud.addAccount({ id: accountId, ...secrets });
  const { id: numberId } = cloud.addNumber({ accountId, address });
  secret('app secret', appSecret);
  secret('access token of Meta', accessToken);
  return { accountId, numberId, address, appId, appSecret, accessToken };
}

/** A Cloud API number that an organization has connected. */
export interface CloudConnection {
  readonly id: Uuid;
  readonly webhookUrl: string;
  readonly sharedWebhookUrl: string;
  readonly verifyToken: string;
  readonly number: CloudNumber;
}

/** What connects a number. */
export const cloudNumberBody = (number: CloudNumber): Record<string, string> => ({
  provider: 'whatsapp_cloud',
  channel: 'whatsapp',
  businessAccountId: number.accountId,
  phoneNumberId: number.numberId,
  appId: number.appId,
  appSecret: number.appSecret,
  accessToken: number.accessToken,
  friendlyName: 'Front desk',
});

/** Connects a number through the API as its owner, and tells the simulator where the webhooks of its app go. */
export async function aCloudConnection(
  app: TestApp,
  cloud: WhatsappCloudSimulator,
  ownerToken: string,
  number = aCloudNumber(cloud),
): Promise<CloudConnection> {
  const owner = as(app, ownerToken);
  const { body } = await owner.post('/channel-connections', cloudNumberBody(number)).expect(201);
  const { id } = body as { id: Uuid };
  const setup = await owner.get(`/channel-connections/${id}/webhook-setup`).expect(200);
  const connection = { id, number, ...(setup.body as Omit<CloudConnection, 'id' | 'number'>) };
  secret('verify token', connection.verifyToken);
  cloud.addAccount({ id: number.accountId, webhookUrl: connection.sharedWebhookUrl });
  return connection;
}
