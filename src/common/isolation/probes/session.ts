import type { ClientBase } from 'pg';
import type { Uuid } from '../../context';
import { asUuid } from '../../context';
import type { Ask } from '../finding';

/** How a statement ended: rows read or changed, or the refusal. */
export interface Outcome {
  readonly touched: number;
  readonly error?: { readonly code: string | undefined; readonly message: string };
}

/** An administrator's transaction in which other roles are tried. Nothing of it is ever committed by this class. */
export class Session {
  constructor(private readonly client: ClientBase) {}

  readonly ask: Ask = async <Row extends Record<string, unknown>>(
    sql: string,
    params: readonly unknown[] = [],
  ) => (await this.client.query<Row>(sql, [...params])).rows;

  /** Acts as a role from here on, with this organization or none. */
  async become(role: string, orgId: Uuid | null): Promise<void> {
    const org = orgId === null ? '' : asUuid(orgId);
    await this.client.query(
      `RESET ROLE; SET LOCAL ROLE ${role}; SET LOCAL app.org_id = '${org}'; SAVEPOINT probe`,
    );
  }

  /** Runs a statement and undoes it. */
  async attempt(sql: string): Promise<Outcome> {
    const outcome = await this.run(sql);
    await this.client.query('ROLLBACK TO SAVEPOINT probe');
    return outcome;
  }

  /** Runs a statement and keeps what it did until the transaction ends. */
  async keep(sql: string): Promise<Outcome> {
    const outcome = await this.run(sql);
    await this.client.query(outcome.error ? 'ROLLBACK TO SAVEPOINT probe' : 'SAVEPOINT probe');
    return outcome;
  }

  private async run(sql: string): Promise<Outcome> {
    try {
      return { touched: (await this.client.query(sql)).rowCount ?? 0 };
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      // Anything that is not PostgreSQL's answer is a broken connection.
      if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) throw error;
      return { touched: 0, error: { code, message } };
    }
  }
}
