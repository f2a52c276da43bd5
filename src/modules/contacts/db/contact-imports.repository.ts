import { Injectable } from '@nestjs/common';
import type { CsvDelimiter, CsvEncoding } from '../../../common/csv';
import type { Actor, Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { Position } from '../../../common/http';
import { ImportRunning } from '../domain/import-errors';
import type { MappedColumn } from '../domain/import-fields';
import type { ImportCounts } from '../domain/import-plan';

export type ImportStatus =
  'uploading' | 'uploaded' | 'running' | 'checked' | 'completed' | 'failed' | 'cancelled';

/** What was said when an import was started. */
export interface ImportSettings {
  readonly mapping: readonly MappedColumn[];
  /** How many cells a row has. */
  readonly width: number;
  readonly consent: { readonly at?: string; readonly wording?: string; readonly source?: string };
}

/** An import as it is shown. */
export interface ImportView extends Record<string, unknown> {
  readonly id: Uuid;
  readonly status: ImportStatus;
  readonly fileName: string | null;
  readonly sizeBytes: number;
  readonly encoding: CsvEncoding | null;
  readonly delimiter: CsvDelimiter | null;
  readonly hasHeader: boolean | null;
  readonly dryRun: boolean;
  readonly rowsRead: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly problem: string | null;
  readonly problemLine: number | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What a run needs to know. */
export interface ImportRun extends ImportView {
  readonly settings: ImportSettings;
  readonly startedByType: Actor['type'];
  readonly startedBy: Uuid | null;
}

const COLUMNS = `id, status, file_name AS "fileName", size_bytes::float8 AS "sizeBytes", encoding, delimiter,
  has_header AS "hasHeader", dry_run AS "dryRun", rows_read AS "rowsRead", rows_created AS created, rows_updated AS updated,
  rows_unchanged AS unchanged, rows_failed AS failed, problem, problem_line AS "problemLine", created_at AS "createdAt",
  started_at AS "startedAt", finished_at AS "finishedAt"`;
const RUN_COLUMNS = `${COLUMNS}, settings, started_by_type AS "startedByType", started_by AS "startedBy"`;

/** Imports of the organization at hand. One that is still being uploaded is seen by nobody but its upload. */
@Injectable()
export class ContactImportsRepository {
  constructor(private readonly database: Database) {}

  async create(id: Uuid, fileName: string | null): Promise<void> {
    const { tx } = this.database;
    const { actor } = tx.scope;
    await tx.query(
      'INSERT INTO contact_imports (org_id, id, file_name, created_by_type, created_by) VALUES ($1, $2, $3, $4, $5)',
      [tx.orgId, id, fileName, actor.type, actor.id],
    );
  }

  /** How many files wait or arrive. Others who ask wait for the end of this transaction. */
  async countWaiting(): Promise<number> {
    const { tx } = this.database;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`contact-imports:${tx.orgId}`]);
    const row = await tx.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM contact_imports
       WHERE org_id = $1 AND status IN ('uploading', 'uploaded', 'checked')`,
      [tx.orgId],
    );
    return row?.count ?? 0;
  }

  /** The file is there as a whole. */
  async arrived(
    id: Uuid,
    found: { encoding: CsvEncoding; delimiter: CsvDelimiter; hasHeader: boolean },
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE contact_imports SET status = 'uploaded', encoding = $3, delimiter = $4, has_header = $5
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, found.encoding, found.delimiter, found.hasHeader],
    );
  }

  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM contact_imports WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  /** Removes an import that nobody needs, unless somebody took it up since that was found. */
  async removeExpired(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `DELETE FROM contact_imports
       WHERE org_id = $1 AND id = $2 AND contact_import_due(status, updated_at, finished_at) = 'expired'`,
      [tx.orgId, id],
    );
  }

  async find(id: Uuid): Promise<ImportView | undefined> {
    const { tx } = this.database;
    return tx.one<ImportView>(
      `SELECT ${COLUMNS} FROM contact_imports WHERE org_id = $1 AND id = $2 AND status <> 'uploading'`,
      [tx.orgId, id],
    );
  }

  async lock(id: Uuid): Promise<ImportView | undefined> {
    const { tx } = this.database;
    return tx.one<ImportView>(
      `SELECT ${COLUMNS} FROM contact_imports WHERE org_id = $1 AND id = $2 AND status <> 'uploading' FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Newest first, before that position. */
  list(after: Position | null, limit: number): Promise<ImportView[]> {
    const { tx } = this.database;
    return tx.query<ImportView>(
      `SELECT ${COLUMNS} FROM contact_imports
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) AND status <> 'uploading' ORDER BY id DESC LIMIT $3`,
      [tx.orgId, after?.[1] ?? null, limit],
    );
  }

  /** Begins a run, from the first row. Throws {@link ImportRunning}. */
  async start(
    id: Uuid,
    run: {
      encoding: CsvEncoding;
      delimiter: CsvDelimiter;
      hasHeader: boolean;
      dryRun: boolean;
      settings: ImportSettings;
    },
  ): Promise<void> {
    const { tx } = this.database;
    const { actor } = tx.scope;
    await tx.query('DELETE FROM contact_import_errors WHERE org_id = $1 AND import_id = $2', [tx.orgId, id]);
    try {
      await tx.query(
        `UPDATE contact_imports SET status = 'running', encoding = $3, delimiter = $4, has_header = $5, dry_run = $6,
           settings = $7, rows_read = 0, rows_created = 0, rows_updated = 0, rows_unchanged = 0, rows_failed = 0,
           problem = NULL, problem_line = NULL, run_id = NULL, started_by_type = $8, started_by = $9, started_at = now(),
           finished_at = NULL
         WHERE org_id = $1 AND id = $2`,
        [
          ...[tx.orgId, id, run.encoding, run.delimiter, run.hasHeader, run.dryRun],
          ...[JSON.stringify(run.settings), actor.type, actor.id],
        ],
      );
    } catch (error) {
      if (violatesUnique(error, 'contact_imports_one_running')) throw new ImportRunning();
      throw error;
    }
  }

  /** Makes `runId` the run that may write, whoever it was before. Undefined when the import does not run any more. */
  async claim(id: Uuid, runId: Uuid): Promise<ImportRun | undefined> {
    const { tx } = this.database;
    return tx.one<ImportRun>(
      `UPDATE contact_imports SET run_id = $3 WHERE org_id = $1 AND id = $2 AND status = 'running'
       RETURNING ${RUN_COLUMNS}`,
      [tx.orgId, id, runId],
    );
  }

  /**
   * Locks the import for this run: a cancel waits, and another run finds itself behind. False when this run may not write any
   * more: cancelled, or another one took over.
   */
  async hold(id: Uuid, runId: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const held = await tx.one(
      `SELECT 1 AS one FROM contact_imports WHERE org_id = $1 AND id = $2 AND run_id = $3 AND status = 'running' FOR UPDATE`,
      [tx.orgId, id, runId],
    );
    return held !== undefined;
  }

  /** Counts a batch of an import that is held. */
  async advance(id: Uuid, rows: number, counts: ImportCounts): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE contact_imports SET rows_read = rows_read + $3, rows_created = rows_created + $4,
         rows_updated = rows_updated + $5, rows_unchanged = rows_unchanged + $6, rows_failed = rows_failed + $7
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, rows, counts.created, counts.updated, counts.unchanged, counts.failed],
    );
  }

  /** Ends it and forgets what is no longer needed; a dry run keeps the file. */
  async end(
    id: Uuid,
    end: { status: ImportStatus; problem?: string; problemLine?: number },
  ): Promise<ImportView | undefined> {
    const { tx } = this.database;
    await tx.query('DELETE FROM contact_import_drafts WHERE org_id = $1 AND import_id = $2', [tx.orgId, id]);
    if (end.status !== 'checked')
      await tx.query('DELETE FROM contact_import_chunks WHERE org_id = $1 AND import_id = $2', [
        tx.orgId,
        id,
      ]);
    return tx.one<ImportView>(
      `UPDATE contact_imports SET status = $3, problem = $4, problem_line = $5, finished_at = now(), run_id = NULL
       WHERE org_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tx.orgId, id, end.status, end.problem ?? null, end.problemLine ?? null],
    );
  }

  /** Ends every file that waits to be started, and forgets it. Returns which. */
  async endWaiting(problem: string): Promise<Uuid[]> {
    const { tx } = this.database;
    const ended = await tx.query<{ id: Uuid }>(
      `UPDATE contact_imports SET status = 'failed', problem = $2, problem_line = NULL, finished_at = now()
       WHERE org_id = $1 AND status IN ('uploaded', 'checked') RETURNING id`,
      [tx.orgId, problem],
    );
    const ids = ended.map(({ id }) => id);
    if (ids.length > 0)
      await tx.query('DELETE FROM contact_import_chunks WHERE org_id = $1 AND import_id = ANY ($2)', [
        tx.orgId,
        ids,
      ]);
    return ids;
  }

  /** Whether one runs, be it a dry run. */
  async anyRunning(): Promise<boolean> {
    const { tx } = this.database;
    const sql = `SELECT 1 AS one FROM contact_imports WHERE org_id = $1 AND status = 'running' LIMIT 1`;
    return (await tx.one(sql, [tx.orgId])) !== undefined;
  }

  /** Imports of all organizations that somebody has to see to. Outside of a transaction. */
  due(): Promise<{ org_id: Uuid; id: Uuid; due: 'stalled' | 'expired' }[]> {
    return this.database.platform('SELECT org_id, id, due FROM list_due_contact_imports()');
  }
}
