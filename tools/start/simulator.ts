import { fork } from 'node:child_process';
import { join } from 'node:path';
import { freePort, OperatorError } from '../embedded';
import { given } from './environment';

const DEFAULT_PORT = 3001;
const START_LIMIT_MS = 15_000;

/** The running stand-in for Twilio. */
export interface Simulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** The simulator gets its own variables and none of our secrets. */
function itsEnvironment(env: NodeJS.ProcessEnv, port: number): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => name.startsWith('TWILIO_SIMULATOR_'));
  return {
    PATH: env.PATH,
    SystemRoot: env.SystemRoot,
    ...Object.fromEntries(own),
    TWILIO_SIMULATOR_PORT: String(port),
  };
}

/**
 * Starts the Twilio simulator as a child that ends with this process, SIGKILL included: it watches the channel
 * between them. Ctrl-C does not reach it, so that messages still going out find it.
 */
export async function startSimulator(
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void,
): Promise<Simulator> {
  const wanted = given(env, 'TWILIO_SIMULATOR_PORT');
  const port = wanted === undefined ? await freePort(DEFAULT_PORT) : Number(wanted);
  const child = fork(join(__dirname, '..', 'twilio-simulator', 'main.js'), {
    env: itsEnvironment(env, port),
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const fail = () =>
      reject(
        new OperatorError('The Twilio simulator did not start: see above, and check TWILIO_SIMULATOR_PORT.'),
      );
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
    () => expected || warn('The Twilio simulator has ended; messages cannot be sent until the next start.'),
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
