import { randomBytes } from 'node:crypto';
import { freePort } from '../tools/embedded';
import { signature } from '../tools/twilio-simulator';
import { requestsPerSecond } from './support/load';
import { alternate, type Comparison } from './support/measure';
import { startProcess, type ServerProcess } from './support/process';
import { POOL_SIZE, type World } from './support/world';

const RUNS = 9;
const SECONDS = 4;
const CONNECTIONS = 32;
const PATH = '/api/v1/channels/whatsapp/webhook';

/** What was measured at the intake, and how much memory the process held after each run. */
export interface IntakeResult {
  readonly comparison: Comparison;
  readonly residentMegabytes: readonly number[];
}

/** Connects a number to the organization, through the API. Returns the connection's id. */
export async function connectNumber(
  world: World,
  api: ServerProcess,
  address = world.number,
): Promise<string> {
  const response = await fetch(`${api.url}/api/v1/channel-connections`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'twilio',
      channel: 'whatsapp',
      accountSid: world.accountSid,
      authToken: world.authToken,
      address,
      friendlyName: 'Bench',
    }),
  });
  if (response.status !== 201) throw new Error(`connecting the number answered ${response.status}`);
  return ((await response.json()) as { id: string }).id;
}

/** A new inbound message each time, signed as Twilio signs. */
function inbound(world: World, publicUrl: string): { body: string; headers: Record<string, string> } {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const fields: Record<string, string> = {
    SmsMessageSid: sid,
    NumMedia: '0',
    ProfileName: 'Ann',
    MessageType: 'text',
    SmsSid: sid,
    WaId: '15557654321',
    SmsStatus: 'received',
    Body: 'Can I come on Friday?',
    To: `whatsapp:${world.number}`,
    NumSegments: '1',
    ReferralNumMedia: '0',
    MessageSid: sid,
    AccountSid: world.accountSid,
    From: 'whatsapp:+15557654321',
    ApiVersion: '2010-04-01',
  };
  return {
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': signature(world.authToken, `${publicUrl}${PATH}`, fields),
    },
  };
}

/** Requests that are made before the clock runs, so that signing them costs neither side anything. */
function supply(
  world: World,
  publicUrl: string,
  count: number,
): () => { body: string; headers: Record<string, string> } {
  const made = Array.from({ length: count }, () => inbound(world, publicUrl));
  return () => made.pop() ?? inbound(world, publicUrl);
}

/**
 * Webhook intake: signature checked, delivery logged, event claimed, job queued, against node:http and pg running that one
 * statement on a pool of the same size, unsigned and unchecked.
 */
export async function webhookIntake(world: World): Promise<IntakeResult> {
  const api = await startProcess(
    '../src/main.js',
    { ...world.env, ROLE: 'api' },
    world.env['PUBLIC_URL'] ?? '',
    '/health/live',
  );
  const connectionId = await connectNumber(world, api);
  const port = await freePort(0);
  const baseline = await startProcess(
    'baseline/server.js',
    {
      DATABASE_URL: world.serviceUrl,
      POOL_SIZE: String(POOL_SIZE),
      PORT: String(port),
      ORG_ID: world.orgId,
      CONNECTION_ID: connectionId,
    },
    `http://127.0.0.1:${port}`,
    '/',
  );
  const residentMegabytes: number[] = [];
  const run = (url: string, seconds: number) => {
    const next = supply(world, api.url, seconds * 4_000);
    return requestsPerSecond({
      url,
      seconds,
      connections: CONNECTIONS,
      request: { method: 'POST', path: PATH, setupRequest: (request) => ({ ...request, ...next() }) },
    });
  };
  try {
    await run(api.url, 2);
    await run(baseline.url, 2);
    const comparison = await alternate(
      RUNS,
      async () => {
        const figure = await run(api.url, SECONDS);
        residentMegabytes.push(api.residentMegabytes());
        return figure;
      },
      () => run(baseline.url, SECONDS),
    );
    return { comparison, residentMegabytes };
  } finally {
    await Promise.all([api.stop(), baseline.stop()]);
  }
}
