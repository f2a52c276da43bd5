import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobQueue } from '../../../common/jobs';
import { AuditTrail } from '../../audit';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import { ContactImportsRepository, type ImportView } from '../db/contact-imports.repository';
import { BadImportMapping, ImportNotFound, ImportNotStartable } from '../domain/import-errors';
import { checkMapping, type MappedColumn } from '../domain/import-fields';
import { PreviewImport, type ReadingWish } from './import-preview.query';
import { RUN_IMPORT, runKey } from './run-import.job';

/** How a file is to be imported. */
export interface ImportOrder extends ReadingWish {
  readonly mapping: readonly MappedColumn[];
  readonly dryRun: boolean;
  readonly consent?: { readonly at?: Date; readonly wording?: string; readonly source?: string } | undefined;
}

/** Starts an import, or its dry run. The work is a job. */
@Injectable()
export class StartImport {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly fields: ContactFieldsRepository,
    private readonly preview: PreviewImport,
    private readonly queue: JobQueue,
    private readonly trail: AuditTrail,
  ) {}

  /** Throws {@link ImportNotFound}, {@link ImportNotStartable}, {@link BadImportMapping} and when another one is running. */
  async start(id: Uuid, order: ImportOrder): Promise<ImportView> {
    const { tx } = this.database;
    const found = await this.imports.lock(id);
    if (!found) throw new ImportNotFound();
    if (found.status !== 'uploaded' && found.status !== 'checked') throw new ImportNotStartable();
    const { mapping, dryRun, consent = {} } = order;
    const { encoding, delimiter, hasHeader, columns } = await this.preview.of(id, order);
    const fields = await this.fields.all();
    checkMapping(mapping, new Set(fields.map(({ key }) => key)));
    const beyond = mapping.findIndex(({ column }) => column > columns.length);
    if (beyond >= 0)
      throw new BadImportMapping(`mapping.${beyond}.column`, 'no_such_column', 'the file has no such column');
    await this.imports.start(id, {
      ...{ encoding, delimiter, hasHeader, dryRun },
      settings: {
        mapping,
        width: columns.length,
        consent: { ...consent, ...(consent.at ? { at: consent.at.toISOString() } : {}) } as Record<
          string,
          string
        >,
      },
    });
    await this.trail.record({
      eventType: 'contacts.import-started',
      operation: 'START',
      orgId: tx.orgId,
      actor: tx.scope.actor,
      tableName: 'contact_imports',
      recordId: id,
      new: { dryRun, fields: mapping.map(({ field }) => field) },
    });
    await this.queue.enqueue(RUN_IMPORT, { importId: id }, { key: runKey(id) });
    return (await this.imports.find(id)) ?? found;
  }
}
