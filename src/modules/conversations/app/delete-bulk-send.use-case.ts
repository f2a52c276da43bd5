import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { BulkSends } from '../db/bulk-sends.repository';
import { BulkSendNotFound } from '../domain/bulk-errors';
import { checkCan } from '../domain/bulk-send';

/** Throws a draft away. What was started stays, as a record of what was sent to whom. */
@Injectable()
export class DeleteBulkSend {
  constructor(private readonly bulkSends: BulkSends) {}

  /** Throws {@link BulkSendNotFound}, `StaleVersion` and `BulkSendNotDraft`. */
  async execute(id: Uuid, ifMatch: number | undefined): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkVersion(found.version, ifMatch);
    checkCan('change', found.status);
    await this.bulkSends.delete(id);
  }
}
