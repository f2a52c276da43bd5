import { existsSync } from 'node:fs';
import { embeddedUrl, OperatorError, runningPort } from '../embedded';
import { homeFolder } from './environment';
import { describeHome, readPrivateFile } from './home';
import { DATABASE_NAME } from './own-database';
import { secretsFile } from './secrets';

/** A connection string for the superuser of the embedded server that runs now; undefined when none does. */
export function runningDatabaseUrl(env: NodeJS.ProcessEnv): string | undefined {
  const home = describeHome(homeFolder(env));
  const port = existsSync(home.path) ? runningPort(home.databaseFolder) : undefined;
  if (port === undefined) return undefined;
  const password = readPrivateFile(secretsFile(home))?.POSTGRES_PASSWORD;
  if (password === undefined)
    throw new OperatorError(
      `${secretsFile(home)} holds no password for the running database: put the right file back.`,
    );
  return embeddedUrl(port, password, DATABASE_NAME);
}
