import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeadJobs } from './dead-jobs.query';
import { DeadJobsController } from './dead-jobs.controller';
import { JobQueue } from './job-queue';
import { JobRegistry } from './job-registry';
import { JobRunner } from './job-runner';
import { Worker } from './worker';

/** The job queue: everything that follows a request, and the worker that does it. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [DeadJobsController],
  providers: [JobRegistry, JobQueue, JobRunner, Worker, DeadJobs],
  exports: [JobRegistry, JobQueue, JobRunner],
})
export class JobsModule {}
