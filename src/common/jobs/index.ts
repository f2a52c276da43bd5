export { JobHandler, type HandlesJob, type JobRun, type OrgJobPayload } from './job-handler';
export { JobQueue, type EnqueueOptions } from './job-queue';
export { JobRegistry } from './job-registry';
export { JobRunner } from './job-runner';
export { JobsModule } from './jobs.module';
