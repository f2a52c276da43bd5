import type { Ask, Finding } from '../finding';
import type { Target } from './target';

/** The service pool without an organization and with nobody's, the app pool with nobody's. */
export const CONNECTION_PROBES = 3;

/**
 * On one of the server's own connections, on which no organization is set, or one that does not exist: it must be the expected
 * role's, and see no row of any table that the role may read.
 */
export async function probeConnection(
  ask: Ask,
  role: string,
  targets: readonly Target[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const [who] = await ask<{ name: string }>('SELECT current_user::text AS name');
  if (who?.name !== role)
    findings.push({
      check: 'connections',
      object: who?.name ?? '',
      problem: `the server is connected under this role and not as ${role}`,
      remedy: 'Look at DATABASE_URL, and at what a proxy makes of users.',
    });
  const readable = targets.filter(({ rights }) => rights.some((each) => each.role === role && each.reads));
  const parts = readable.map(
    ({ name }) => `SELECT '${name.replaceAll("'", "''")}' AS name WHERE EXISTS (SELECT FROM ${name})`,
  );
  const open = parts.length === 0 ? [] : await ask<{ name: string }>(parts.join(' UNION ALL '));
  return findings.concat(
    open.map(({ name }) => ({
      check: 'connections',
      object: name,
      problem: `${role} reads rows without an organization, or with one that does not exist`,
      remedy: `Row-level security does not hold: look at the policies of ${name}, and at what ${role} is and belongs to.`,
    })),
  );
}
