import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { SessionsRepository } from '../db/sessions.repository';

/** Long enough to look into what a session did; the audit trail keeps that it was there. */
const DAYS = 30;

/**
 * Deletes sessions that ended long ago, with their refresh tokens. Of a session that lives every token is kept: a used one
 * that comes again shows that it was stolen.
 */
@Injectable()
@ScheduledJob({ name: 'tenancy.forget-ended-sessions', cron: '37 3 * * *' })
export class ForgetEndedSessions implements RunsOnSchedule {
  constructor(private readonly sessions: SessionsRepository) {}

  async run(): Promise<void> {
    await this.sessions.deleteEnded(DAYS);
  }
}
