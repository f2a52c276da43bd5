import { fork } from 'node:child_process';
import { join } from 'node:path';
import { freePort, OperatorError } from '../embedded';
import { given } from './environment';

const START_LIMIT_MS = 15_000;

/** A program that stands in for a provider. */
export interface StandIn {
  /** As it is spoken of. */
  readonly name: string;
  /** Its folder in tools. */
  readonly folder: string;
  /** Of its own variables. */
  readonly prefix: string;
  readonly defaultPort: number;
  /** The server's variable that says where the provider is. */
  readonly variable: string;
}

export const TWILIO: StandIn = {
  name: 'The Twilio simulator',
  folder: 'twilio-simulator',
  prefix: 'TWILIO_SIMULATOR',
  defaultPort: 3001,
  variable: 'TWILIO_API_BASE_URL',
};

export const WHATSAPP_CLOUD: StandIn = {
  name: 'The WhatsApp Cloud API simulator',
  folder: 'whatsapp-cloud-simulator',
  prefix: 'WHATSAPP_CLOUD_SIMULATOR',
  defaultPort: 3002,
  variable: 'WHATSAPP_CLOUD_API_BASE_URL',
};

/** A running stand-in. */
export interface Simulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** The simulator gets its own variables and none of our secrets. */
function itsEnvironment(env: NodeJS.ProcessEnv, prefix: string, port: number): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => name.startsWith(`${prefix}_`));
  return {
    PATH: env.PATH,
    SystemRoot: env.SystemRoot,
    ...Object.fromEntries(own),
    [`${prefix}_PORT`]: String(port),
  };
}

/**
 * Starts a simulator as a child that ends with this process, SIGKILL included: it watches the channel
 * between them. Ctrl-C does not reach it, so that messages still going out find it.
 */
export async function startSimulator(
  { name, folder, prefix, defaultPort }: StandIn,
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void,
): Promise<Simulator> {
  const wanted = given(env, `${prefix}_PORT`);
  const port = wanted === undefined ? await freePort(defaultPort) : Number(wanted);
  const child = fork(join(__dirname, '..', folder, 'main.js'), {
    env: itsEnvironment(env, prefix, port),
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const fail = () =>
      reject(new OperatorError(`${name} did not start: see above, and check ${prefix}_PORT.`));
    const limit = setTimeout(fail, START_LIMIT_MS);
    child.once('error', fail).once('exit', fail);
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type !== 'listening' || message.url === undefined) return;
      clearTimeout(limit);
      resolve(message.url);
    });
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  let expected = false;
  void exited.then(
    () => expected || warn(`${name} has ended; messages cannot be sent by it until the next start.`),
  );
  return {
    url,
    async stop() {
      expected = true;
      child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(hurry);
    },
  };
}
