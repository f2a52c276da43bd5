import { DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, DEMO_NUMBER, startTwilioSimulator } from './index';
import type { SimulatorOptions, TwilioSimulator } from './index';

interface Environment {
  host: string;
  port: number;
  authToken: string;
  webhookUrl: string | null;
}

/** @throws Error saying which variable is wrong */
function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const read = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const port = read('TWILIO_SIMULATOR_PORT') ?? '3001';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`TWILIO_SIMULATOR_PORT must be a port from 0 to 65535, not "${port}"`);
  }
  return {
    host: read('TWILIO_SIMULATOR_HOST') ?? '127.0.0.1',
    port: Number(port),
    authToken: read('TWILIO_SIMULATOR_AUTH_TOKEN') ?? DEMO_AUTH_TOKEN,
    webhookUrl: read('TWILIO_SIMULATOR_WEBHOOK_URL') ?? null,
  };
}

function optionsOf({ host, port, authToken, webhookUrl }: Environment): SimulatorOptions {
  const numbers = [{ address: DEMO_NUMBER, webhookUrl }];
  const account = { sid: DEMO_ACCOUNT_SID, authToken, friendlyName: 'Demo account', numbers };
  return { host, port, accounts: [account] };
}

/** Closes on SIGTERM and SIGINT, and when a launcher's IPC channel goes: never outlive the launcher. */
function closeWhenTold(simulator: TwilioSimulator): void {
  const stop = (): void => {
    void simulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  // The channel may have gone while the simulator was starting.
  if (process.send !== undefined && !process.connected) stop();
}

function explain(error: unknown, { host, port }: Environment): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use`;
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  try {
    const simulator = await startTwilioSimulator(optionsOf(environment));
    closeWhenTold(simulator);
    const token = environment.authToken === DEMO_AUTH_TOKEN ? DEMO_AUTH_TOKEN : 'from the environment';
    console.log(
      `Twilio simulator listens on ${simulator.url}, ` +
        `account ${DEMO_ACCOUNT_SID}, auth token ${token}, number ${DEMO_NUMBER}`,
    );
    if (process.connected) process.send?.({ type: 'listening', url: simulator.url });
  } catch (error) {
    throw new Error(explain(error, environment), { cause: error });
  }
}

main().catch((error: unknown) => {
  console.error(`Twilio simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
