import { functions } from './checks/functions';
import { foreignKeys, keys, keysInPlace } from './checks/keys';
import { ownership } from './checks/ownership';
import { policies } from './checks/policies';
import { futureRights, rights } from './checks/rights';
import { roles, sessions, settings } from './checks/roles';
import { organizations, rowSecurity } from './checks/row-security';
import { server } from './checks/server';
import { triggers } from './checks/triggers';
import { views } from './checks/views';
import { isException } from './exceptions';
import type { Ask, Check, Finding } from './finding';

/** Every check of the catalogue. */
export const CHECKS: readonly Check[] = [
  ...[roles, settings, sessions, ownership, organizations, rowSecurity, policies, rights, futureRights],
  ...[functions, keys, foreignKeys, keysInPlace, triggers, views, server],
];

/** Runs every check of the catalogue on a connection whose search_path is public; it changes nothing. */
export async function examineCatalogue(ask: Ask): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check.find(ask)).filter((one) => !isException(one)));
  return findings;
}
