import { OUR_FUNCTIONS } from './checks/functions';
import { CONSTRAINT_LIST } from './checks/keys';
import { OTHER_POLICIES } from './checks/policies';
import { RIGHTS } from './checks/rights';
import { GLOBAL_TABLES } from './checks/row-security';
import { TRIGGER_LIST } from './checks/triggers';
import type { Ask } from './finding';

const LISTS = {
  globalTables: GLOBAL_TABLES,
  policies: OTHER_POLICIES,
  rights: RIGHTS,
  functions: OUR_FUNCTIONS,
  keys: CONSTRAINT_LIST,
  triggers: TRIGGER_LIST,
} as const;

/** What expected.json holds. */
export type Description = Record<keyof typeof LISTS, unknown[]>;

/** Describes a migrated database as expected.json does: the same on PostgreSQL 15 to 18 and on every day. */
export async function describe(ask: Ask): Promise<Description> {
  const description: Partial<Description> = {};
  for (const [name, sql] of Object.entries(LISTS) as [keyof typeof LISTS, string][]) {
    const rows = await ask<{ line: unknown }>(
      `SELECT line FROM (${sql}) list ORDER BY line::text COLLATE "C"`,
    );
    description[name] = rows.map(({ line }) => line);
  }
  return description as Description;
}
