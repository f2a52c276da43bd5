import type { TestDatabase } from '../databases';

/** Short words and times are everybody's. */
const isTelling = (text: string): boolean => text.length >= 8 && !/^\d{4}-\d\d-\d\d[T ]/.test(text);
/** Ids, phone numbers, addresses and the provider's ids, wherever they stand in a text. */
const TOKENS =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\+\d{8,15}|[\w.+-]+@[\w-]+\.[\w.]+|(?:SM|MM|AC)[0-9a-f]{32}/gi;

function leavesOf(value: unknown, into: Set<string>): Set<string> {
  if (typeof value === 'string') {
    into.add(value);
    for (const [token] of value.matchAll(TOKENS)) into.add(token);
  } else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) leavesOf(inner, into);
  return into;
}

/** Every text that stands in a row of this organization, whichever table it is in, and those of its members. */
export async function textsOf(db: TestDatabase, orgId: string): Promise<Set<string>> {
  const tables = await db.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
  );
  const texts = new Set<string>();
  const read = async (sql: string) => {
    for (const { row } of await db.query<{ row: unknown }>(sql, [orgId])) leavesOf(row, texts);
  };
  for (const { name } of tables) await read(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE org_id = $1`);
  await read('SELECT to_jsonb(t) AS row FROM organizations t WHERE id = $1');
  await read(
    'SELECT to_jsonb(u) AS row FROM users u JOIN memberships m ON m.user_id = u.id WHERE m.org_id = $1',
  );
  return texts;
}

/** What an organization must never read: `theirs` without what is its own as well. */
export function foreignTo(own: ReadonlySet<string>, theirs: readonly ReadonlySet<string>[]): Set<string> {
  return new Set(theirs.flatMap((texts) => [...texts]).filter((text) => isTelling(text) && !own.has(text)));
}

/** What of `foreign` stands in an answer; `markers` are looked for anywhere in it. */
export function leaksIn(answer: string, foreign: ReadonlySet<string>, markers: readonly string[]): string[] {
  const found = markers.filter((marker) => answer.toLowerCase().includes(marker.toLowerCase()));
  const candidates = new Set([...answer.matchAll(TOKENS)].map(([token]) => token));
  try {
    leavesOf(JSON.parse(answer), candidates);
  } catch {
    candidates.add(answer);
  }
  return [...found, ...[...candidates].filter((text) => foreign.has(text))];
}
