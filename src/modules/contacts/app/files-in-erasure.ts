import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ContactImportsRepository } from '../db/contact-imports.repository';

/** Why an import came to no good end: somebody was erased while its file waited. */
export const ERASURE_MEANWHILE = 'erasure_meanwhile';

/** Uploaded files, which an erasure cannot look into: whoever is erased could come back with any of them. */
@Injectable()
export class FilesInErasure {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly trail: AuditTrail,
  ) {}

  /**
   * Ends those that wait to be started, in the transaction at hand: they have to be uploaded again, without the person.
   * False while an import runs, whose rows would come after: then the erasure does.
   */
  async clear(): Promise<boolean> {
    const { orgId, scope } = this.database.tx;
    for (const recordId of await this.imports.endWaiting(ERASURE_MEANWHILE))
      await this.trail.record({
        eventType: 'contacts.import-cancelled',
        operation: 'CANCEL',
        orgId,
        actor: scope.actor,
        tableName: 'contact_imports',
        recordId,
        new: { problem: ERASURE_MEANWHILE },
      });
    return !(await this.imports.anyRunning());
  }
}
