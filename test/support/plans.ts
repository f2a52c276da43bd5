import type { OrgScope } from '../../src/common/context';
import { Transaction } from '../../src/common/database/transaction';
import type { Caller } from './people';
import type { TestApp } from './test-app';

/** A statement that the product sent. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A node of a plan and all below it. */
export function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

export function indexesOf(nodes: readonly PlanNode[]): string[] {
  return nodes.flatMap((node) => node['Index Name'] ?? []);
}

/** The statements that the product sends while something goes on, in any transaction of this process. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = [];
  const spies = (['query', 'one'] as const).map((method) => {
    const original = Transaction.prototype[method] as (
      sql: string,
      params?: readonly unknown[],
    ) => Promise<never>;
    return jest.spyOn(Transaction.prototype, method).mockImplementation(function (
      this: Transaction,
      sql: string,
      params: readonly unknown[] = [],
    ) {
      sent.push({ sql, params });
      return original.call(this, sql, params);
    });
  });
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return sent;
}

/** Calls a route and returns the statements that it sent. */
export function statementsOf(caller: Caller, path: string): Promise<Statement[]> {
  return statementsDuring(async () => expect((await caller.get(path)).status).toBe(200));
}

/** How the database would carry out a statement of this organization, under its policies. */
export async function planOf(app: TestApp, scope: OrgScope, { sql, params }: Statement): Promise<PlanNode[]> {
  const [row] = await app.database.runInOrg(scope, () =>
    app.database.tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${sql}`, params),
  );
  return row ? nodesOf(row['QUERY PLAN'][0].Plan) : [];
}
