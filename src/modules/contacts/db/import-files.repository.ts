import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { RowError } from '../domain/import-plan';

/** One line of the report. */
export interface ReportedError extends Record<string, unknown> {
  readonly line: number;
  readonly position: number;
  readonly column: string;
  readonly code: string;
  readonly reason: string;
}

/** Bytes that are read at once. The driver gets them as twice as many characters. */
const SLICE = 49_152;

/** Files of imports in pieces, and what was wrong with their rows. */
@Injectable()
export class ImportFilesRepository {
  constructor(private readonly database: Database) {}

  /** Keeps a file as it comes, each piece in a transaction of its own. Returns the first one. */
  async store(scope: OrgScope, id: Uuid, pieces: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
    let head: Buffer | undefined;
    let position = 0;
    for await (const piece of pieces) {
      const at = position++;
      await this.database.runInOrg(scope, () => this.add(id, at, piece));
      head ??= piece;
    }
    return head;
  }

  private async add(id: Uuid, position: number, content: Buffer): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `WITH counted AS (UPDATE contact_imports SET size_bytes = size_bytes + $5 WHERE org_id = $1 AND id = $2)
       INSERT INTO contact_import_chunks (org_id, import_id, position, content) VALUES ($1, $2, $3, $4)`,
      [tx.orgId, id, position, content, content.length],
    );
  }

  /** The file slice by slice, each in a transaction of its own. */
  async *read(scope: OrgScope, id: Uuid): AsyncGenerator<Buffer> {
    for (let position = 0, from = 0; ;) {
      const slice = await this.database.runInOrg(scope, () => this.slice(id, position, from));
      if (!slice) return;
      from += slice.length;
      if (slice.length > 0) yield slice;
      if (slice.length === SLICE) continue;
      position++;
      from = 0;
    }
  }

  /** Part of a piece; undefined when there is no such piece. Stored uncompressed, only what is asked for is read. */
  private async slice(id: Uuid, position: number, from: number): Promise<Buffer | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ slice: Buffer }>(
      `SELECT substring(content FROM $4 FOR $5) AS slice FROM contact_import_chunks
       WHERE org_id = $1 AND import_id = $2 AND position = $3`,
      [tx.orgId, id, position, from + 1, SLICE],
    );
    return row?.slice;
  }

  /** One piece of the file; undefined when there is none. */
  async chunk(id: Uuid, position: number): Promise<Buffer | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ content: Buffer }>(
      'SELECT content FROM contact_import_chunks WHERE org_id = $1 AND import_id = $2 AND position = $3',
      [tx.orgId, id, position],
    );
    return row?.content;
  }

  /**
   * Adds to the report, which outlives the file: it names the fields that columns were mapped to, not their headings, which are
   * somebody's data where the first row was taken for some.
   */
  async report(id: Uuid, errors: readonly RowError[]): Promise<void> {
    if (errors.length === 0) return;
    const { tx } = this.database;
    const rows = errors.map(({ line, field, code, message }, position) => ({
      line,
      position,
      column: field,
      code,
      reason: message,
    }));
    await tx.query(
      `INSERT INTO contact_import_errors (org_id, import_id, line, position, column_name, code, reason)
       SELECT $1, $2, r.line, r.position, r."column", r.code, r.reason
       FROM json_to_recordset($3::json) AS r(line int, position int, "column" text, code text, reason text)`,
      [tx.orgId, id, JSON.stringify(rows)],
    );
  }

  /** A page of the report, in the order of the file. */
  errors(id: Uuid, after: { line: number; position: number }, limit: number): Promise<ReportedError[]> {
    const { tx } = this.database;
    return tx.query<ReportedError>(
      `SELECT line, position, column_name AS "column", code, reason FROM contact_import_errors
       WHERE org_id = $1 AND import_id = $2 AND (line, position) > ($3, $4) ORDER BY line, position LIMIT $5`,
      [tx.orgId, id, after.line, after.position, limit],
    );
  }
}
