import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ContactImportsRepository, type ImportView } from '../db/contact-imports.repository';
import { ImportNotCancellable, ImportNotFound } from '../domain/import-errors';

/** Ends an import before its end. What its batches wrote so far stays; the file goes at once. */
@Injectable()
export class CancelImport {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly trail: AuditTrail,
  ) {}

  /** Throws {@link ImportNotFound}, {@link ImportNotCancellable}. */
  async cancel(id: Uuid): Promise<ImportView> {
    const { tx } = this.database;
    const found = await this.imports.lock(id);
    if (!found) throw new ImportNotFound();
    if (!['uploaded', 'checked', 'running'].includes(found.status)) throw new ImportNotCancellable();
    const cancelled = await this.imports.end(id, { status: 'cancelled' });
    await this.trail.record({
      eventType: 'contacts.import-cancelled',
      operation: 'CANCEL',
      orgId: tx.orgId,
      actor: tx.scope.actor,
      tableName: 'contact_imports',
      recordId: id,
      new: { rowsRead: found.rowsRead },
    });
    return cancelled ?? found;
  }
}
