import { withDatabase } from './database/environment-of-database';
import { prepareDatabase, revertLastMigration, showMigrations } from './database/prepare';
import { OperatorError } from './embedded';
import { Closers } from './start/closers';
import { readDotEnv } from './start/environment';
import { report } from './start/explain';

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
