import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobQueue } from '../../../common/jobs';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { ContactImportsRepository } from '../db/contact-imports.repository';
import { RUN_IMPORT, runKey } from './run-import.job';

/**
 * Has runs go on that nobody works on, and removes what nobody needs: uploads that broke off with their process, files that
 * nobody started within two days, reports after 90 days.
 */
@Injectable()
@ScheduledJob({ name: 'contacts.tend-imports', cron: '*/5 * * * *' })
export class TendImports implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly queue: JobQueue,
  ) {}

  async run(): Promise<void> {
    const found = await this.imports.due();
    for (const { org_id: orgId, id, due } of found)
      await this.database.runInOrg(systemScope(orgId), () =>
        due === 'expired'
          ? this.imports.removeExpired(id)
          : this.queue.enqueue(RUN_IMPORT, { importId: id }, { key: runKey(id) }),
      );
  }
}
