import { loadConfig } from '../../src/common/config';
import { checkDatabase } from '../start/check-database';
import type { Closers } from '../start/closers';
import { homeFolder, usesEmbedded } from '../start/environment';
import { describeHome } from '../start/home';
import { startOwnDatabase, takeHome, withSecrets } from '../start/own-database';
import { runningDatabaseUrl } from '../start/running-database';
import { keepSecrets } from '../start/secrets';

/** The environment with DATABASE_URL in it: the given server, the running embedded one, or that one started for now. */
export async function withDatabase(env: NodeJS.ProcessEnv, closers: Closers): Promise<NodeJS.ProcessEnv> {
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
