import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobQueue } from '../../../../common/jobs';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Clock } from '../../../../common/time/clock';
import { MediaFilesRepository } from '../../db/media-files.repository';
import { FETCH_MEDIA, fetchKey } from './fetch-media.job';

/** Has files fetched that nobody fetches, gives up those that were not to be had for a day, removes uploads that nobody sent. */
@Injectable()
@ScheduledJob({ name: 'conversations.tend-media', cron: '*/5 * * * *' })
export class TendMedia implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly files: MediaFilesRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<void> {
    for (const { org_id: orgId, id, due } of await this.files.due())
      await this.database.runInOrg(systemScope(orgId), () => this.see(id, due));
  }

  private see(id: Uuid, due: 'waiting' | 'lost' | 'expired'): Promise<void> {
    if (due === 'expired') return this.files.removeExpired(id, this.clock.now());
    if (due === 'lost') return this.files.markMissing(id, 'failed', 'not_fetched');
    return this.queue.enqueue(FETCH_MEDIA, { mediaId: id }, { key: fetchKey(id), ifPending: 'keep' });
  }
}
