import type { Uuid } from '../../context';
import type { Finding } from '../finding';
import { insertion } from './rows';
import type { Outcome, Session } from './session';
import { PROBED_ROLES, readTargets, type Rights, type Target } from './target';
import { makeThrowAway, type ThrowAway } from './throw-away';

/** How PostgreSQL refuses by a right or a policy. */
const REFUSED = '42501';
/** How the trigger refuses that keeps org_id. */
const KEPT = '23001';

interface Attempt {
  readonly what: string;
  readonly sql: string;
  /** Other refusals that are as good. */
  readonly refusals?: readonly string[];
}

/** What a role that has the rights tries on rows that are not its own. `own` is null where no organization is set. */
function attemptsOn(target: Target, rights: Rights, victim: ThrowAway, own: Uuid | null): Attempt[] {
  const { name, org_column: org, is_partition } = target;
  const theirs = `"${org}" = '${victim.id}'`;
  const row = victim.rows.get(name);
  const whose = own === null ? 'of an organization without having one' : 'of another organization';
  const attempts: Attempt[] = [];
  if (rights.reads)
    attempts.push({ what: `reads rows ${whose}`, sql: `SELECT FROM ${name} WHERE ${theirs}` });
  if (is_partition) return attempts;
  if (row && rights.adds.includes(org))
    attempts.push({ what: `adds rows ${whose}`, sql: insertion(name, row, rights.adds) });
  if (rights.reads && rights.removes)
    attempts.push({ what: `removes rows ${whose}`, sql: `DELETE FROM ${name} WHERE ${theirs}` });
  if (rights.reads && rights.changes !== null)
    attempts.push({
      what: `changes rows ${whose}`,
      sql: `UPDATE ${name} SET "${rights.changes}" = "${rights.changes}" WHERE ${theirs}`,
    });
  if (own !== null && rights.reads && rights.changes !== null)
    attempts.push({
      what: 'moves rows to another organization',
      sql: `UPDATE ${name} SET "${org}" = '${victim.id}' WHERE "${org}" = '${own}'`,
      refusals: [KEPT],
    });
  return attempts;
}

/** Closed when nothing was touched, or when it was refused for whose it is. Any other refusal came after the guards. */
function gotThrough({ touched, error }: Outcome, { refusals = [] }: Attempt): boolean {
  return error ? ![REFUSED, ...refusals].includes(error.code ?? '') : touched > 0;
}

async function tryAs(
  session: Session,
  role: string,
  targets: readonly Target[],
  own: ThrowAway | null,
  victim: ThrowAway,
): Promise<Finding[]> {
  await session.become(role, own?.id ?? null);
  const findings: Finding[] = [];
  for (const target of targets) {
    const rights = target.rights.find((each) => each.role === role);
    for (const attempt of rights ? attemptsOn(target, rights, victim, own?.id ?? null) : [])
      if (gotThrough(await session.attempt(attempt.sql), attempt))
        findings.push({
          check: 'probes',
          object: target.name,
          problem: `${role} ${attempt.what}`,
          remedy: `Row-level security does not hold: look at the policies and triggers of ${target.name}, and at what ${role} is and belongs to.`,
        });
  }
  return findings;
}

/**
 * Makes two organizations and tries, as each role, to get from one to the other. `session` is in a transaction of an
 * administrator who may act as our roles; the caller rolls it back, so that nothing is left.
 */
export async function probe(session: Session): Promise<{ findings: Finding[]; probed: number }> {
  const targets = await readTargets(session.ask);
  const { made: one, findings } = await makeThrowAway(session);
  const { made: other } = await makeThrowAway(session);
  for (const role of PROBED_ROLES) {
    findings.push(...(await tryAs(session, role, targets, one, other)));
    findings.push(...(await tryAs(session, role, targets, null, other)));
  }
  await session.become('frontdesk_owner', null);
  return { findings, probed: targets.length };
}
