export { Schedule, ScheduledJob, type RunsOnSchedule } from './scheduled-job';
export { ScheduleModule } from './schedule.module';
