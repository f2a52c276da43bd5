import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Tenancy } from '../../tenancy';
import { ContactDuplicates } from './contact-duplicates';

/** Has the contacts of every organization compared, each night by a job of its own. */
@Injectable()
@ScheduledJob({ name: 'contacts.scan-duplicates', cron: '40 2 * * *' })
export class ScanDuplicates implements RunsOnSchedule {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly duplicates: ContactDuplicates,
  ) {}

  run(): Promise<void> {
    return this.tenancy.inEachOrganization(() => this.duplicates.scan());
  }
}
