import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { AuditTrail } from '../../audit';
import { ContactImportsRepository, type ImportStatus } from '../db/contact-imports.repository';
import { ContactsImported } from '../domain/contacts-imported';

interface EndingRun {
  readonly id: Uuid;
  readonly runId: Uuid;
  readonly dryRun: boolean;
}

/** The end of a run: state, news and trail in one transaction, by the run that may write and no other. */
@Injectable()
export class EndImport {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly events: EventBus,
    private readonly trail: AuditTrail,
  ) {}

  /** Every row was worked off. */
  succeed(scope: OrgScope, run: EndingRun): Promise<void> {
    return this.end(scope, run, { status: run.dryRun ? 'checked' : 'completed' });
  }

  /** It cannot go on. What was written stays and is counted. */
  fail(scope: OrgScope, run: EndingRun, problem: string, problemLine?: number): Promise<void> {
    return this.end(scope, run, {
      status: run.dryRun ? 'checked' : 'failed',
      problem,
      ...(problemLine === undefined ? {} : { problemLine }),
    });
  }

  private async end(
    scope: OrgScope,
    { id, runId, dryRun }: EndingRun,
    end: { status: ImportStatus; problem?: string; problemLine?: number },
  ): Promise<void> {
    await this.database.runInOrg(scope, async () => {
      if (!(await this.imports.hold(id, runId))) return;
      const ended = await this.imports.end(id, end);
      if (!ended) return;
      const { rowsRead, created, updated, unchanged, failed } = ended;
      if (!dryRun && created + updated > 0)
        await this.events.publish(
          new ContactsImported({ orgId: scope.orgId, importId: id, created, updated }),
        );
      await this.trail.record({
        eventType: dryRun ? 'contacts.import-checked' : 'contacts.import-finished',
        operation: 'IMPORT',
        orgId: scope.orgId,
        actor: scope.actor,
        tableName: 'contact_imports',
        recordId: id,
        new: { status: end.status, rowsRead, created, updated, unchanged, failed },
      });
    });
  }
}
