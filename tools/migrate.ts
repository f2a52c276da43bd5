import { loadConfig } from '../src/common/config';
import { prepareDatabase, revertLastMigration, showMigrations } from './database/prepare';
import { OperatorError } from './embedded';
import { checkDatabase } from './start/check-database';
import { Closers } from './start/closers';
import { homeFolder, readDotEnv, usesEmbedded } from './start/environment';
import { report } from './start/explain';
import { describeHome } from './start/home';
import { startOwnDatabase, takeHome, withSecrets } from './start/own-database';
import { runningDatabaseUrl } from './start/running-database';
import { keepSecrets } from './start/secrets';

/** The environment with DATABASE_URL in it: the given server, the running embedded one, or that one started for now. */
async function withDatabase(env: NodeJS.ProcessEnv, closers: Closers): Promise<NodeJS.ProcessEnv> {
  if (!usesEmbedded(env)) {
    loadConfig(env);
    await checkDatabase(env.DATABASE_URL ?? '');
    return env;
  }
  const running = runningDatabaseUrl(env);
  if (running !== undefined)
    return { ...withSecrets(env, keepSecrets(describeHome(homeFolder(env)))), DATABASE_URL: running };
  const ownership = takeHome(env);
  closers.add(() => ownership.lock.release());
  const database = await startOwnDatabase(ownership);
  closers.add(() => database.stop());
  return { ...withSecrets(env, ownership.secrets), DATABASE_URL: database.adminUrl };
}

async function show(adminUrl: string): Promise<void> {
  for (const { name, applied } of await showMigrations(adminUrl))
    console.log(`${applied ? '[x]' : '[ ]'} ${name}`);
}

const COMMANDS: Readonly<Record<string, (adminUrl: string, env: NodeJS.ProcessEnv) => Promise<void>>> = {
  run: async (adminUrl, env) => {
    const { DATABASE_APP_PASSWORD = '', DATABASE_SERVICE_PASSWORD = '' } = env;
    await prepareDatabase({
      adminUrl,
      appPassword: DATABASE_APP_PASSWORD,
      servicePassword: DATABASE_SERVICE_PASSWORD,
    });
    await show(adminUrl);
  },
  revert: async (adminUrl) => {
    await revertLastMigration(adminUrl);
    await show(adminUrl);
  },
  show,
};

/** `npm run migration:run`, `migration:revert`, `migration:show`: on the database that `npm start` uses. */
async function main(): Promise<void> {
  const closers = new Closers();
  try {
    const command = COMMANDS[process.argv[2] ?? ''];
    if (!command) throw new OperatorError(`Say what to do: ${Object.keys(COMMANDS).join(', ')}.`);
    readDotEnv();
    const env = await withDatabase(process.env, closers);
    await command(env.DATABASE_URL ?? '', env);
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
  for (const failure of await closers.close()) report(failure);
}

void main();
