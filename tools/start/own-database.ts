import { loadConfig } from '../../src/common/config';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded';
import { homeFolder } from './environment';
import { openHome, type Home } from './home';
import { takeLock, type Lock } from './lock';
import { keepSecrets, type Secrets } from './secrets';

/** The name of Frontdesk's database in the embedded server. */
export const DATABASE_NAME = 'frontdesk';

/** The data folder, taken by this process. */
export interface Ownership {
  readonly home: Home;
  readonly lock: Lock;
  readonly secrets: Secrets;
}

/** Opens the data folder, takes its lock and reads or makes its secrets. */
export function takeHome(env: NodeJS.ProcessEnv): Ownership {
  const home = openHome(homeFolder(env));
  const lock = takeLock(home);
  try {
    return { home, lock, secrets: keepSecrets(home) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** `env` with the folder's secrets where it has none of its own. Throws a ConfigError where the rest is not right. */
export function withSecrets(
  env: NodeJS.ProcessEnv,
  { POSTGRES_PASSWORD, ...secrets }: Secrets,
): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const complete = { ...secrets, ...own };
  // The address is known once the server runs; everything else is checked before it is started.
  loadConfig({
    ...complete,
    DATABASE_URL: `postgres://postgres:${POSTGRES_PASSWORD}@127.0.0.1/${DATABASE_NAME}`,
  });
  return complete;
}

/** Starts the embedded server of the data folder. */
export function startOwnDatabase({ home, secrets }: Ownership): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: home.databaseFolder,
    password: secrets.POSTGRES_PASSWORD,
    database: DATABASE_NAME,
  });
}
