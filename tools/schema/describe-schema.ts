import type { ClientBase } from 'pg';
import { functions, roles, schemas, types } from './surroundings';
import { jobQueue, tables } from './tables';

const HEADER = `-- The database as the migrations leave it: read from the catalogue by \`npm run schema\`, compared by test/e2e/schema.spec.ts.
-- Partitions are left out, since they come and go with the months; so is what graphile-worker makes for itself.
`;

/**
 * The schema as text: tables, types, functions, triggers, policies and grants. The same on PostgreSQL 15 to 18, on every
 * day, and in whatever order it came about. `client` connects as a role that may read the whole catalogue.
 */
export async function describeSchema(client: ClientBase): Promise<string> {
  await client.query('BEGIN READ ONLY');
  try {
    // Names are written without their schema where they stand in public.
    await client.query('SET LOCAL search_path = public');
    const parts = [HEADER];
    for (const part of [roles, schemas, types, functions, tables, jobQueue]) parts.push(await part(client));
    return parts.filter(Boolean).join('\n');
  } finally {
    await client.query('ROLLBACK');
  }
}
