import { Controller, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { pageOf, type Page } from '../http/page';
import { PageQueryDto } from '../http/page-query.dto';
import { Route } from '../http/route';
import { DeadJobDto } from './dead-job.dto';
import { DeadJobs } from './dead-jobs.query';

@ApiTags('Jobs')
@Controller('jobs/dead')
export class DeadJobsController {
  constructor(private readonly deadJobs: DeadJobs) {}

  @Route.get('', {
    summary: 'List dead jobs',
    description: 'Work that failed for the last time, newest first.',
    permission: 'jobs.manage',
    response: pageOf(DeadJobDto),
    errors: [400, 422],
  })
  list(@Query() query: PageQueryDto): Promise<Page<DeadJobDto>> {
    return this.deadJobs.list(query);
  }

  @Route.post(':id/replay', {
    summary: 'Replay a dead job',
    description: 'Gives it all its attempts again, from now.',
    permission: 'jobs.manage',
    status: 204,
    idempotent: true,
    errors: [404],
  })
  @ApiParam({ name: 'id', schema: { type: 'string', pattern: '^\\d{1,18}$', example: '4711' } })
  replay(@Param('id') id: string): Promise<void> {
    return this.deadJobs.replay(id);
  }
}
