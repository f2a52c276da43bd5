import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { SignUpsRepository } from '../../db/sign-ups.repository';

/** Deletes sign-ups that were not confirmed in time. */
@Injectable()
@ScheduledJob({ name: 'tenancy.forget-sign-ups', cron: '23 * * * *' })
export class ForgetSignUps implements RunsOnSchedule {
  constructor(private readonly signUps: SignUpsRepository) {}

  run(): Promise<void> {
    return this.signUps.deleteExpired();
  }
}
