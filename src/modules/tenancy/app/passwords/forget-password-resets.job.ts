import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { PasswordResetsRepository } from '../../db/password-resets.repository';

/** Deletes password resets that are over. They are kept for an hour more: mails are counted by the hour. */
@Injectable()
@ScheduledJob({ name: 'tenancy.forget-password-resets', cron: '47 * * * *' })
export class ForgetPasswordResets implements RunsOnSchedule {
  constructor(private readonly resets: PasswordResetsRepository) {}

  async run(): Promise<void> {
    await this.resets.deleteOld();
  }
}
