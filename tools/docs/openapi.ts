import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { loadConfig } from '../../src/common/config';
import { openApiDocument } from '../../src/common/openapi';
import { createApp } from '../../src/server';
import type { PrepareOptions } from '../database/prepare';

const FILE = 'test/golden/openapi.json';

/** The same document with the keys of every object in alphabetical order, so that a difference means something. */
export function inStableOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inStableOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inStableOrder(inner)]));
}

/**
 * Writes the OpenAPI document of the program. Runs on the built program alone: the schemas' properties are put in by
 * the compiler's plugin. The program looks for its database even when it does nothing.
 */
export async function writeOpenApi({
  adminUrl,
  appPassword,
  servicePassword,
}: PrepareOptions): Promise<void> {
  const config = loadConfig({
    NODE_ENV: 'test',
    ROLE: 'api',
    DATABASE_URL: adminUrl,
    DATABASE_APP_PASSWORD: appPassword,
    DATABASE_SERVICE_PASSWORD: servicePassword,
    JWT_SECRET: randomBytes(32).toString('hex'),
    MASTER_KEYS: `none:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'fatal',
  });
  const app = await createApp(config);
  try {
    writeFileSync(FILE, `${JSON.stringify(inStableOrder(openApiDocument(app)), null, 2)}\n`);
  } finally {
    await app.close();
  }
}
