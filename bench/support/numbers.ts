import { DEMO_ACCOUNT, DEMO_NUMBER } from '../../tools/whatsapp-cloud-simulator';
import type { ServerProcess } from './process';
import type { World } from './world';

/** Connects a number at Twilio to the organization, through the API. Returns the connection's id. */
export function connectNumber(world: World, api: ServerProcess, address = world.number): Promise<string> {
  return connect(world, api, {
    provider: 'twilio',
    channel: 'whatsapp',
    accountSid: world.accountSid,
    authToken: world.authToken,
    address,
  });
}

/** Connects the number at Meta. */
export function connectCloudNumber(world: World, api: ServerProcess): Promise<string> {
  return connect(world, api, {
    provider: 'whatsapp_cloud',
    channel: 'whatsapp',
    businessAccountId: DEMO_ACCOUNT.id,
    phoneNumberId: DEMO_NUMBER.id,
    appId: DEMO_ACCOUNT.appId,
    appSecret: DEMO_ACCOUNT.appSecret,
    accessToken: DEMO_ACCOUNT.accessToken,
  });
}

async function connect(world: World, api: ServerProcess, number: object): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/channel-connections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...number, friendlyName: 'Bench' }),
  });
  if (response.status !== 201) throw new Error(`connecting the number answered ${response.status}`);
  return ((await response.json()) as { id: string }).id;
}
