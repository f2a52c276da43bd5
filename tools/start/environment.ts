import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { VARIABLES } from '../../src/common/config';

/** Reads `.env` of the working directory when there is one. What the environment already holds wins. */
export function readDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** The value of a variable; an empty one counts as absent. */
export function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

/** The folder for everything that Frontdesk keeps on this machine. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  return resolve(given(env, 'FRONTDESK_DATA_DIR') ?? VARIABLES.FRONTDESK_DATA_DIR.fallback ?? '');
}

/** Whether the database is ours to run. In production everything must be given, so that nothing is made up. */
export function usesEmbedded(env: NodeJS.ProcessEnv): boolean {
  return given(env, 'DATABASE_URL') === undefined && given(env, 'NODE_ENV') !== 'production';
}
