import {
  startWhatsappCloudSimulator,
  type SimulatorOptions,
  type WhatsappCloudSimulator,
} from '../../tools/whatsapp-cloud-simulator';
import { aBusinessNumber } from './connections';

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
  return { accountId, numberId, address, appId, appSecret, accessToken };
}
