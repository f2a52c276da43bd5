import { newId, type Uuid } from '../../context';
import type { Finding } from '../finding';
import { insertion, laterRow, POINTS_AT_TWO, rowOf, type Row } from './rows';
import type { Session } from './session';
import { readFillable, type Fillable } from './target';

/** An organization that is gone when the transaction ends, with a row in each table, by table. */
export interface ThrowAway {
  readonly id: Uuid;
  readonly rows: ReadonlyMap<string, Row>;
}

/** True when the organization has its row in that table now; some are made by triggers of others. */
async function makeRow(
  session: Session,
  table: Fillable,
  { id, rows }: ThrowAway,
  row: Row,
): Promise<string | undefined> {
  const own = table.org_column ?? 'id';
  const known = row.has(own) || table.org_column !== null;
  if (known && (await session.attempt(`SELECT FROM ${table.name} WHERE ${own} = '${id}'`)).touched > 0)
    return undefined;
  const second = POINTS_AT_TWO[table.name] ?? '';
  const first = rows.get(second);
  // Not before the first is there: it would be taken for it.
  if (first && (await session.attempt(`SELECT FROM ${second} WHERE org_id = '${id}'`)).touched === 1)
    await session.keep(insertion(second, laterRow(first, id)));
  const { touched, error } = await session.keep(insertion(table.name, row));
  return touched === 1 ? undefined : (error?.message ?? 'nothing was added');
}

/**
 * Makes an organization with a row in every table, as the owner of the tables, whom row-level security binds too. Tables that
 * need rows of others are tried again until nothing more comes of it; what remains is told.
 */
export async function makeThrowAway(session: Session): Promise<{ made: ThrowAway; findings: Finding[] }> {
  const made = { id: newId(), rows: new Map<string, Row>() };
  await session.become('frontdesk_owner', made.id);
  let waiting = await readFillable(session.ask);
  const problems = new Map<string, string>();
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length;
    const failed: Fillable[] = [];
    for (const table of waiting) {
      const row = await rowOf(session.ask, table, made.id);
      made.rows.set(table.name, row);
      const problem = await makeRow(session, table, made, row);
      if (problem === undefined) continue;
      failed.push(table);
      problems.set(table.name, problem);
    }
    waiting = failed;
  }
  return {
    made,
    findings: waiting.map(({ name }) => ({
      check: 'probes',
      object: name,
      problem: `no row could be made to probe it with: ${problems.get(name) ?? ''}`,
      remedy:
        'Follow the other remedies first. Where it is alone, name values for it in src/common/isolation/probes/rows.ts.',
    })),
  };
}
