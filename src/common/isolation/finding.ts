/** One thing that is wrong, and what mends it. */
export interface Finding {
  /** The check that found it. */
  readonly check: string;
  /** Role, table, policy, function … as PostgreSQL names it. */
  readonly object: string;
  readonly problem: string;
  /** SQL for the administrator where it ends with a semicolon, else a sentence. */
  readonly remedy: string;
}

/** Runs one statement and returns its rows; on whichever connection the examination has. */
export type Ask = <Row extends Record<string, unknown>>(
  sql: string,
  params?: readonly unknown[],
) => Promise<Row[]>;

/** Looks at the whole database for one kind of fault. Names are read with `search_path = public`. */
export interface Check {
  readonly name: string;
  find(ask: Ask): Promise<Finding[]>;
}

type Row = Omit<Finding, 'check'> & Record<string, unknown>;

/**
 * A check that is one statement with the columns object, problem and remedy. `expected` is its first parameter, as JSON: what
 * the migrations make, from expected.json.
 */
export function sqlCheck(name: string, sql: string, expected?: unknown): Check {
  return {
    name,
    async find(ask) {
      const params = expected === undefined ? [] : [JSON.stringify(expected)];
      const rows = await ask<Row>(`${sql}\nORDER BY 1, 2`, params);
      return rows.map(({ object, problem, remedy }) => ({ check: name, object, problem, remedy }));
    },
  };
}
