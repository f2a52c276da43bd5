import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { DEMO_ACCOUNT_SID, DEMO_NUMBER } from '../../tools/twilio-simulator';
import { DEMO_NUMBER as CLOUD_NUMBER } from '../../tools/whatsapp-cloud-simulator';

const TOOLS = path.resolve(__dirname, '../../tools');
// The program is TypeScript: this compiles it as it is required.
const compilerOf = (program: string): string => `
  const swc = require(${JSON.stringify(require.resolve('@swc/core'))});
  const fs = require('node:fs');
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } };
  require.extensions['.ts'] = (module, file) =>
    module._compile(swc.transformSync(fs.readFileSync(file, 'utf8'), { ...options, filename: file, swcrc: false }).code, file);
  require(${JSON.stringify(path.join(TOOLS, program, 'main.ts'))});
`;

interface Run {
  child: ChildProcess;
  output: () => string;
}

/** Starts the program as a launcher does, with an IPC channel. */
function start(env: Record<string, string>, program = 'twilio-simulator'): Run {
  const child = spawn(process.execPath, ['-e', compilerOf(program)], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function listening(run: Run): Promise<string> {
  const [message] = await once(run.child, 'message');
  return (message as { url: string }).url;
}

describe('the stand-alone simulator', () => {
  let run: Run | undefined;

  afterEach(() => {
    run?.child.kill('SIGKILL');
    run = undefined;
  });

  test('says in one line where it listens and as whom, and ends on SIGTERM', async () => {
    run = start({ TWILIO_SIMULATOR_PORT: '0' });
    const url = await listening(run);
    const health = await fetch(`${url}/simulator/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', accounts: 1, numbers: 2 });
    run.child.kill('SIGTERM');
    expect(await once(run.child, 'exit')).toEqual([0, null]);
    expect(run.output().trim().split('\n')).toEqual([expect.stringContaining(url)]);
    expect(run.output()).toContain(DEMO_ACCOUNT_SID);
    expect(run.output()).toContain(DEMO_NUMBER);
  });

  test('does not print a token from the environment', async () => {
    run = start({ TWILIO_SIMULATOR_PORT: '0', TWILIO_SIMULATOR_AUTH_TOKEN: 'quiet-token' });
    const url = await listening(run);
    const credential = Buffer.from(`${DEMO_ACCOUNT_SID}:quiet-token`).toString('base64');
    const account = await fetch(`${url}/2010-04-01/Accounts/${DEMO_ACCOUNT_SID}.json`, {
      headers: { Authorization: `Basic ${credential}` },
    });
    expect(account.status).toBe(200);
    expect(run.output()).not.toContain('quiet-token');
  });

  test('is there for the WhatsApp Cloud API, too', async () => {
    const secrets = { WHATSAPP_CLOUD_SIMULATOR_ACCESS_TOKEN: 'quiet-token' };
    run = start({ WHATSAPP_CLOUD_SIMULATOR_PORT: '0', ...secrets }, 'whatsapp-cloud-simulator');
    const url = await listening(run);
    const headers = { Authorization: 'Bearer quiet-token', 'User-Agent': 'tests/1.0.0' };
    const number = await fetch(`${url}/v23.0/${CLOUD_NUMBER.id}`, { headers });
    expect(await number.json()).toMatchObject({ display_phone_number: CLOUD_NUMBER.address });
    expect(await (await fetch(`${url}/simulator/violations`)).json()).toEqual({ violations: [] });
    run.child.kill('SIGTERM');
    expect(await once(run.child, 'exit')).toEqual([0, null]);
    expect(run.output().trim().split('\n')).toEqual([expect.stringContaining(url)]);
    expect(run.output()).not.toContain('quiet-token');
  });

  test('ends when its launcher lets go of it', async () => {
    run = start({ TWILIO_SIMULATOR_PORT: '0' });
    await listening(run);
    run.child.disconnect();
    expect(await once(run.child, 'exit')).toEqual([0, null]);
  });

  test('says in one line that the port is taken, or no port, and exits with 1', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    run = start({ TWILIO_SIMULATOR_PORT: String(port) });
    expect(await once(run.child, 'exit')).toEqual([1, null]);
    expect(run.output()).toBe(`Twilio simulator: port ${port} on 127.0.0.1 is in use\n`);
    other.close();
    run = start({ TWILIO_SIMULATOR_PORT: 'three' });
    expect(await once(run.child, 'exit')).toEqual([1, null]);
    expect(run.output()).toMatch(/^Twilio simulator: TWILIO_SIMULATOR_PORT must be .*\n$/);
  });
});
