import type { ClientBase } from 'pg';

/** Runs one statement whose rows hold one text each. */
export async function lines(
  client: ClientBase,
  sql: string,
  params: readonly unknown[] = [],
): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(sql, params as unknown[]);
  return rows.map(({ line }) => line);
}

/** A headline and its lines; nothing when there are none. */
export function section(title: string, content: readonly string[], separator = '\n'): string {
  return content.length === 0 ? '' : `-- ${title}\n\n${content.join(separator)}\n`;
}

/**
 * SQL for the grants in an ACL, one row a grantee: `rights` in alphabetical order. What an owner holds by owning is left
 * out (PostgreSQL 17 counts one right more there). Without an explicit ACL the built-in one counts.
 */
export function grants(acl: string, kind: string, owner: string): string {
  return `(
    SELECT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS grantee,
      string_agg(g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', '
        ORDER BY g.privilege_type COLLATE "C") AS rights
    FROM aclexplode(COALESCE(${acl}, acldefault('${kind}', ${owner}))) g
    WHERE g.grantee <> ${owner}
    GROUP BY g.grantee
  )`;
}
