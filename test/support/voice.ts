import type { Uuid } from '../../src/common/context';
import type { TestInstallation } from './business';
import { aBusinessNumber } from './connections';
import { as, type Caller } from './people';
import { secret } from './run-record';

/** A voice number of an organization. */
export interface TestVoiceNumber {
  readonly id: Uuid;
  readonly address: string;
  readonly webhookUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Its settings, changed. */
  set(change: Record<string, unknown>): Promise<void>;
}

/** Connects a voice number through the API, and tells the simulator where calls are answered. */
export async function aVoiceNumber(
  { app, twilio }: Pick<TestInstallation, 'app' | 'twilio'>,
  ownerToken: string,
): Promise<TestVoiceNumber> {
  const owner = as(app, ownerToken);
  const address = aBusinessNumber();
  const { sid: accountSid, authToken } = twilio.addAccount();
  secret('auth token', authToken);
  const number = {
    provider: 'twilio',
    channel: 'voice',
    accountSid,
    authToken,
    address,
    friendlyName: 'Calls',
  };
  const { body } = await owner.post('/channel-connections', number).expect(201);
  const { id, webhookUrl } = body as { id: Uuid; webhookUrl: string };
  twilio.addNumber({ accountSid, address, voiceUrl: webhookUrl });
  return {
    ...{ id, address, webhookUrl, accountSid, authToken },
    async set(change) {
      await owner.patch(`/channel-connections/${id}/voice`, change).expect(200);
    },
  };
}

/** The calls of an organization as the API shows them, newest first. */
export async function callsOf(owner: Caller, query = ''): Promise<Record<string, unknown>[]> {
  const { body } = await owner.get(`/calls${query}`).expect(200);
  return (body as { items: Record<string, unknown>[] }).items;
}
