import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CsvUnreadable, original, readCsv } from '../../../common/csv';
import { asUuid, newId, type OrgScope, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { JobHandler, JobQueue, type HandlesJob, type JobRun, type OrgJobPayload } from '../../../common/jobs';
import { ContactImportsRepository, type ImportRun } from '../db/contact-imports.repository';
import { ImportFilesRepository } from '../db/import-files.repository';
import { ContactsChangedMeanwhile } from '../domain/import-errors';
import { EndImport } from './end-import';
import { ImportBatch, type RawRow } from './import-batch';

/**
 * Rows of one transaction, and where consent is recorded besides. Its contacts are locked meanwhile, and whoever cancels the
 * import waits for its end.
 */
const BATCH = 1_000;
const BATCH_WITH_CONSENT = 250;
/** Characters of one batch, should rows be long. */
const BATCH_LENGTH = 2_097_152;
/** Contacts that others write at the same time are looked for again. */
const TRIES = 5;

export const RUN_IMPORT = 'contacts.run-import';
/** Of an import one job waits at most, however often it was asked for. */
export const runKey = (importId: Uuid): string => `import:${importId}`;

export interface RunImportPayload extends OrgJobPayload {
  readonly importId: string;
}

type Run = ImportRun & { readonly runId: Uuid };

/**
 * Works off the file of an import, batch by batch. Each batch writes where it ended in the transaction of its contacts, and a
 * run begins after the last one: whenever it dies, no row is lost or done twice.
 */
@Injectable()
@JobHandler({ name: RUN_IMPORT, transaction: 'own' })
export class RunImport implements HandlesJob<RunImportPayload>, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly files: ImportFilesRepository,
    private readonly batches: ImportBatch,
    private readonly ending: EndImport,
    private readonly queue: JobQueue,
  ) {}

  /** The process ends: whoever comes next goes on where the batch at hand ends. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async handle(payload: RunImportPayload, job: JobRun): Promise<void> {
    const [orgId, id, requestId] = [payload.orgId, payload.importId, payload.requestId].map(asUuid);
    if (!orgId || !id || !requestId) throw new TypeError('a job of an import names it');
    const scope: OrgScope = { orgId, actor: { type: 'system', id: null }, requestId, pool: 'service' };
    const runId = newId();
    const found = await this.database.runInOrg(scope, () => this.imports.claim(id, runId));
    if (!found) return;
    // Contacts are written by the person who started the import.
    const own = { ...scope, actor: { type: found.startedByType, id: found.startedBy } };
    try {
      await this.run(own, { ...found, runId });
    } catch (error) {
      if (job.attempt < job.maxAttempts) throw error;
      await this.ending.fail(own, { ...found, runId }, 'internal_error');
      throw error;
    }
  }

  private async run(scope: OrgScope, run: Run): Promise<void> {
    try {
      for await (const batch of this.batchesOf(scope, run)) {
        if (!(await this.work(scope, run, batch))) return;
        if (this.stopping) {
          await this.database.runInOrg(scope, () =>
            this.queue.enqueue(RUN_IMPORT, { importId: run.id }, { key: runKey(run.id) }),
          );
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof CsvUnreadable)) throw error;
      await this.ending.fail(scope, run, error.reason, error.line);
      return;
    }
    await this.ending.succeed(scope, run);
  }

  /** Rows that were not worked off, as many as go into one transaction. Those before a row without end come, then it throws. */
  private async *batchesOf(scope: OrgScope, run: Run): AsyncGenerator<RawRow[]> {
    const { encoding, delimiter, hasHeader, rowsRead, settings } = run;
    if (!encoding || !delimiter) throw new Error('an import runs whose file is not known');
    const most = settings.mapping.some(({ field }) => field.startsWith('consent.'))
      ? BATCH_WITH_CONSENT
      : BATCH;
    let skip = rowsRead + (hasHeader ? 1 : 0);
    let batch: RawRow[] = [];
    let length = 0;
    let trouble: unknown;
    try {
      for await (const { line, cells } of readCsv(this.files.read(scope, run.id), {
        encoding,
        delimiter,
      })) {
        if (skip-- > 0) continue;
        batch.push({ line, cells: cells.map(original) });
        for (const cell of cells) length += cell.length;
        if (batch.length < most && length < BATCH_LENGTH) continue;
        yield batch;
        batch = [];
        length = 0;
      }
    } catch (error) {
      if (!(error instanceof CsvUnreadable)) throw error;
      trouble = error;
    }
    if (batch.length > 0) yield batch;
    if (trouble instanceof CsvUnreadable) throw trouble;
  }

  private async work(scope: OrgScope, run: Run, batch: RawRow[]): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.database.runInOrg(scope, () => this.batches.work(run, batch));
      } catch (error) {
        const raced =
          error instanceof ContactsChangedMeanwhile || violatesUnique(error, 'idx_contacts_org_phone');
        if (!raced || attempt === TRIES) throw error;
      }
    }
  }
}
