import { CronJob } from 'cron';

/**
 * Calls `fire` by five cron fields in UTC, with the time that was planned. All instances plan the same one, while the time
 * at which a timer rings differs: a millisecond early, or late after a blocked event loop.
 */
export function timetable(cron: string, fire: (planned: Date) => void): CronJob {
  const job: CronJob = CronJob.from({
    cronTime: cron,
    timeZone: 'UTC',
    onTick: () => {
      const due = planned;
      planned = job.nextDate().toJSDate();
      fire(due);
    },
  });
  let planned = job.nextDate().toJSDate();
  job.start();
  return job;
}
