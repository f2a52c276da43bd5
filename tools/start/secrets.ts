import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../embedded';
import { readPrivateFile, writePrivateFile, type Home } from './home';

const token = () => randomBytes(32).toString('base64url');

/** What an installation with the embedded database makes up for itself, under the names of the variables. */
const MAKERS = {
  POSTGRES_PASSWORD: token,
  DATABASE_APP_PASSWORD: token,
  DATABASE_SERVICE_PASSWORD: token,
  JWT_SECRET: token,
  MASTER_KEYS: () => `${new Date().toISOString().slice(0, 10)}:${randomBytes(32).toString('base64')}`,
  METRICS_TOKEN: token,
};

/** Passwords and keys of an installation with the embedded database. */
export type Secrets = Record<keyof typeof MAKERS, string>;

/** The path of the file; it is as valuable as the data, which cannot be read without it. */
export function secretsFile(home: Home): string {
  return join(home.path, 'secrets.json');
}

function hasData(home: Home): boolean {
  return existsSync(home.databaseFolder) && readdirSync(home.databaseFolder).includes('data');
}

/** The secrets kept in the folder; those that are missing are made, but none that existing data depend on. */
export function keepSecrets(home: Home): Secrets {
  const path = secretsFile(home);
  const kept = readPrivateFile(path);
  if (!kept && hasData(home))
    throw new OperatorError(
      `${path} is missing, and the data in ${home.databaseFolder} cannot be read without it: put it back, or move the whole folder ${home.path} away to start empty.`,
    );
  if (kept && hasData(home))
    for (const name of ['POSTGRES_PASSWORD', 'MASTER_KEYS'] as const)
      if (!kept[name]) throw new OperatorError(`${path} is damaged (no ${name}): put the right file back.`);
  const secrets = Object.fromEntries(
    Object.entries(MAKERS).map(([name, make]) => [name, kept?.[name] ?? make()]),
  ) as Secrets;
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) writePrivateFile(path, secrets);
  return secrets;
}
