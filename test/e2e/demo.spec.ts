import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tenancy } from '../../src/modules/tenancy';
import { play } from '../../tools/demo/play';
import type { Surroundings } from '../../tools/demo/surroundings';
import {
  DEMO_ACCOUNT_SID,
  DEMO_AUTH_TOKEN,
  DEMO_NUMBER,
  DEMO_PHONE_NUMBER,
} from '../../tools/twilio-simulator';
import * as meta from '../../tools/whatsapp-cloud-simulator';
import { anInstallation, type TestInstallation } from '../support/business';
import { aCloud } from '../support/cloud';
import { ensureBuilt } from '../support/server-process';

const EMAIL = 'owner@demo.example';
const PASSWORD = 'a long enough password';

let place: TestInstallation;
let cloud: meta.WhatsappCloudSimulator;
let surroundings: Surroundings;

beforeAll(async () => {
  cloud = await aCloud();
  place = await anInstallation({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
  await place.app.nest.get(Tenancy).createOrganization({
    name: 'Demo Clinic',
    slug: 'demo',
    timezone: 'Europe/Berlin',
    defaultCountry: 'DE',
    owner: { email: EMAIL, password: PASSWORD, firstName: 'Dana', lastName: 'Demo' },
  });
  place.twilio.addAccount({ sid: DEMO_ACCOUNT_SID, authToken: DEMO_AUTH_TOKEN });
  place.twilio.addNumber({ accountSid: DEMO_ACCOUNT_SID, address: DEMO_NUMBER });
  place.twilio.addNumber({ accountSid: DEMO_ACCOUNT_SID, address: DEMO_PHONE_NUMBER });
  cloud.addAccount(meta.DEMO_ACCOUNT);
  cloud.addNumber(meta.DEMO_NUMBER);
  surroundings = {
    frontdeskUrl: place.app.url,
    simulatorUrl: place.twilio.url,
    cloudSimulatorUrl: cloud.url,
    email: EMAIL,
    password: PASSWORD,
  };
});
afterAll(async () => {
  await place.stop();
  await cloud.close();
});

async function played(patienceMs?: number): Promise<{ wentWell: boolean; transcript: string[] }> {
  const transcript: string[] = [];
  const wentWell = await play(surroundings, (line) => transcript.push(line), patienceMs);
  return { wentWell, transcript };
}

const DIFFERS = /DIFFERS|differences/;

test('every conversation goes as it should, and can be played again', async () => {
  const first = await played();
  expect(first.transcript.filter((line) => DIFFERS.test(line))).toEqual([]);
  expect(first.wentWell).toBe(true);
  expect(first.transcript.at(-1)).toBe('\nAll 14 steps went as they should.');
  const told = first.transcript.join('\n');
  expect(told).toContain('one request with both messages, was answered 200');
  expect(told).toMatch(/conversation +channel=sms {2}status=open {2}sessionWindowEndsAt=null/);
  expect(told).toMatch(/call +direction=incoming {2}status=missed .*textBack=written$/m);
  expect(told).toMatch(/call +direction=incoming {2}status=missed .*textBack=contact_opted_out$/m);
  expect(cloud.messages()).toHaveLength(1);

  const second = await played();
  expect(second.transcript.filter((line) => DIFFERS.test(line))).toEqual([]);
  expect(second.transcript.join('\n')).toContain('is connected already');
});

test('a difference is told with its step', async () => {
  // The confirmation of STOP never arrives, nor does the answer.
  place.twilio.faults.add({ kind: 'failDelivery', errorCode: 63016, times: 'always' });
  try {
    const { wentWell, transcript } = await played(1_000);
    expect(wentWell).toBe(false);
    expect(transcript).toContain(
      '  step 4 (The owner answers): the status of the message: undelivered instead of delivered',
    );
  } finally {
    place.twilio.faults.clear();
  }
});

describe('the program', () => {
  let folder: string;
  beforeAll(ensureBuilt, 120_000);
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'frontdesk-demo-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As `npm run demo` runs it, in an empty folder. */
  function demo(env: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
    const program = join(__dirname, '../../dist/tools/demo/main.js');
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    return new Promise((done) => child.once('close', (code) => done({ code, ...said })));
  }

  const running = (): Record<string, string> => ({
    FRONTDESK_URL: surroundings.frontdeskUrl,
    TWILIO_SIMULATOR_URL: surroundings.simulatorUrl,
    WHATSAPP_CLOUD_SIMULATOR_URL: surroundings.cloudSimulatorUrl,
    FRONTDESK_EMAIL: EMAIL,
    FRONTDESK_PASSWORD: PASSWORD,
  });

  test('ends with 0 when all is well', async () => {
    const { code, out, err } = await demo(running());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('All 14 steps went as they should.');
  });

  test.each([
    ['no server', () => ({}), /^Frontdesk is not running here: run npm start first/],
    [
      'a server that is gone',
      () => ({ ...running(), FRONTDESK_URL: 'http://127.0.0.1:9' }),
      /^Frontdesk does not answer at http:\/\/127\.0\.0\.1:9: is npm start running\?\n$/,
    ],
    [
      'another password',
      () => ({ ...running(), FRONTDESK_PASSWORD: 'another password' }),
      /^owner@demo\.example cannot sign in \(401 /,
    ],
  ])('says in one line that there is %s, and ends with 1', async (_what, env, line) => {
    const { code, err } = await demo(env());
    expect(code).toBe(1);
    expect(err).toMatch(line);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
