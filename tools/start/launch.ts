import { loadConfig, type Config } from '../../src/common/config';
import { OperatorError } from '../embedded';
import { banner } from './banner';
import { checkDatabase } from './check-database';
import { checkPort, portRemedy } from './check-port';
import type { Closers } from './closers';
import { given, homeFolder, usesEmbedded } from './environment';
import { startOwnDatabase, takeHome, withSecrets, type Ownership } from './own-database';
import { startSimulator, TWILIO, WHATSAPP_CLOUD, type StandIn } from './simulator';
import type { StopRequest } from './stop-request';

/** What the steps of a start share. `env` grows: generated secrets, the database's and the simulators' addresses. */
interface Launch {
  env: NodeJS.ProcessEnv;
  readonly closers: Closers;
  readonly stop: StopRequest;
  readonly ownership: Ownership | undefined;
}

const warn = (line: string) => console.error(line);

/**
 * The server and what goes with it: most of a second of reading files, after the checks that can do without, and while
 * PostgreSQL starts. Node's own import() wants the extension.
 */
async function loadProgram() {
  const [{ prepareDatabase }, { startServer }, { seedDemo }] = await Promise.all([
    import('../database/prepare.js'),
    import('../../src/main.js'),
    import('./seed.js'),
  ]);
  return { prepareDatabase, startServer, seedDemo };
}

type Program = Awaited<ReturnType<typeof loadProgram>>;

function takeFolder(env: NodeJS.ProcessEnv, closers: Closers): Ownership | undefined {
  if (!usesEmbedded(env)) return undefined;
  const ownership = takeHome(env);
  closers.add(() => ownership.lock.release());
  return ownership;
}

async function checkSurroundings({ env }: Launch): Promise<void> {
  // The database's address may not be known yet; withSecrets has checked the rest, loadConfig checks a given one.
  const { http } = loadConfig({ DATABASE_URL: 'postgres://127.0.0.1/unknown', ...env });
  await checkPort(http.host, http.port);
}

async function openDatabase({ env, closers, stop, ownership }: Launch): Promise<void> {
  if (!ownership) {
    const { DATABASE_URL = '' } = env;
    await checkDatabase(DATABASE_URL);
    return;
  }
  const database = await startOwnDatabase(ownership);
  closers.add(() => database.stop());
  void database.died.then(() => {
    warn('The embedded PostgreSQL has ended by itself; stopping. Its log is server.log in the data folder.');
    stop.ask(1);
  });
  env.DATABASE_URL = database.adminUrl;
}

async function prepare({ env }: Launch, { prepareDatabase }: Program): Promise<Config> {
  const config = loadConfig(env);
  const { DATABASE_URL = '', DATABASE_APP_PASSWORD = '', DATABASE_SERVICE_PASSWORD = '' } = env;
  await prepareDatabase({
    adminUrl: DATABASE_URL,
    appPassword: DATABASE_APP_PASSWORD,
    servicePassword: DATABASE_SERVICE_PASSWORD,
  });
  return config;
}

/** Where the simulator of a provider listens; undefined where the provider is somebody else. */
async function standInFor(
  standIn: StandIn,
  { env, closers, ownership }: Launch,
): Promise<string | undefined> {
  if (!ownership || given(env, standIn.variable) !== undefined) return undefined;
  const simulator = await startSimulator(standIn, env, warn);
  closers.add(() => simulator.stop());
  env[standIn.variable] = simulator.url;
  return simulator.url;
}

async function serve({ env, closers }: Launch, { startServer }: Program, { http }: Config) {
  try {
    const server = await startServer(env);
    closers.add(() => server.stop());
    return server;
  } catch (error) {
    const remedy = portRemedy(error, http.host, http.port);
    throw remedy === undefined ? error : new OperatorError(remedy, { cause: error });
  }
}

/**
 * Everything that `npm start` does, step by step, until Frontdesk serves. What has been started is handed to
 * `closers` at once, so that a failure or a signal in between leaves nothing behind.
 */
export async function launch(given: NodeJS.ProcessEnv, closers: Closers, stop: StopRequest): Promise<void> {
  const ownership = await stop.step(() => takeFolder(given, closers));
  const env = ownership ? withSecrets(given, ownership.secrets) : { ...given };
  if (!ownership) loadConfig(env);
  const run: Launch = { env, closers, stop, ownership };

  await stop.step(() => checkSurroundings(run));
  const [, program] = await stop.step(() => Promise.all([openDatabase(run), loadProgram()]));
  const config = await stop.step(() => prepare(run, program));
  const [simulatorUrl, cloudSimulatorUrl] = await stop.step(() =>
    Promise.all([standInFor(TWILIO, run), standInFor(WHATSAPP_CLOUD, run)]),
  );
  const server = await stop.step(() => serve(run, program, config));
  const signIn = await stop.step(() =>
    // A given database is somebody's: nothing is put into it unasked.
    ownership ? program.seedDemo(server.app, homeFolder(env)) : undefined,
  );

  ownership?.lock.announce({ url: server.url, simulatorUrl, cloudSimulatorUrl });
  console.log(
    banner({
      url: server.url,
      embedded: ownership !== undefined,
      simulatorUrl,
      cloudSimulatorUrl,
      signIn,
      mailFolder: 'folder' in config.mail.transport ? config.mail.transport.folder : undefined,
      servesApi: config.servesApi,
    }),
  );
}
