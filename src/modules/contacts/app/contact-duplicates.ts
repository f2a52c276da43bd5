import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { JobQueue } from '../../../common/jobs';
import { AuditTrail } from '../../audit';
import { DuplicatesRepository, type DuplicateRow } from '../db/duplicates.repository';
import { DuplicateNotFound } from '../domain/privacy-errors';
import { FIND_DUPLICATES } from './find-duplicates.job';

/** Contacts who may be one person. */
@Injectable()
export class ContactDuplicates {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly duplicates: DuplicatesRepository,
    private readonly queue: JobQueue,
    private readonly trail: AuditTrail,
  ) {}

  /** The likeliest first, as of the last scan. Throws `BadCursor`. */
  page(limit: number, cursor: string | undefined): Promise<Page<DuplicateRow>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: 'contact-duplicates',
      limit,
      cursor,
      read: (after, most) => this.duplicates.list(after, most),
      position: ({ score, id }) => [String(score), id],
    });
  }

  /** Has all contacts compared, now; asked again while that waits, once. */
  scan(): Promise<void> {
    return this.queue.enqueue(FIND_DUPLICATES, {}, { key: FIND_DUPLICATES });
  }

  /** They are two people, whatever a scan finds. Throws `DuplicateNotFound`. */
  async dismiss(id: Uuid): Promise<void> {
    if (!(await this.duplicates.dismiss(id))) throw new DuplicateNotFound();
    const { orgId, scope } = this.database.tx;
    await this.trail.record({
      eventType: 'contacts.duplicate-dismissed',
      operation: 'DISMISS',
      orgId,
      actor: scope.actor,
      tableName: 'contact_duplicates',
      recordId: id,
    });
  }
}
