import { Controller, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../config';
import { constantTimeEqual } from '../crypto';
import { NotFound } from '../errors';
import { QuietHeader, Route } from '../http';
import { Metrics } from '../metrics';
import { Readiness } from './readiness';
import { LivenessDto, ReadinessDto } from './readiness.dto';

/** Answered also to a wrong token: that there are figures is nobody's business. */
class NoMetricsHere extends NotFound {
  readonly code = 'route_not_found';
  constructor() {
    super('There is no such route.');
  }
}

@ApiTags('Operations')
@Controller()
export class OperationsController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly config: Config,
  ) {}

  @Route.get('health/live', { summary: 'Is the process alive?', public: true, response: LivenessDto })
  live(): LivenessDto {
    return { status: 'live' };
  }

  @ApiResponse({ status: 503, type: ReadinessDto, description: 'Not now' })
  @Route.get('health/ready', {
    summary: 'Can the process serve?',
    description:
      'Answers 503 while the database is out of reach, lacks a migration, or jobs lag by more than 5 minutes.',
    public: true,
    response: ReadinessDto,
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const answer = await this.readiness.check();
    if (!answer.ready) void reply.status(503);
    return answer;
  }

  @Route.get('metrics', {
    summary: 'Figures for Prometheus',
    description:
      'Needs `Authorization: Bearer <METRICS_TOKEN>`; without that setting the route does not exist.',
    public: true,
    errors: [404],
    response: String,
  })
  async expose(
    @QuietHeader('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { metricsToken } = this.config;
    if (!metricsToken || !constantTimeEqual(authorization ?? '', `Bearer ${metricsToken}`))
      throw new NoMetricsHere();
    void reply.type(this.metrics.registry.contentType);
    return this.metrics.expose();
  }
}
