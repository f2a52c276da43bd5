import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../../common/context';
import { CurrentScope, IdParam, pageOf, Route, type Page } from '../../../../common/http';
import { ReadWebhookLogs } from '../../app/webhook-record/read-webhook-logs.query';
import { ReplayWebhook } from '../../app/webhook-record/replay-webhook.use-case';
import { ReplayWebhooks } from '../../app/webhook-record/replay-webhooks.use-case';
import { WebhookHealth } from '../../app/webhook-record/webhook-health.query';
import { PeriodInvalid } from '../../domain/log-period';
import { WebhookErased, WebhookNotReplayable, WebhookNotVerified } from '../../domain/replay-errors';
import { WebhookLogGone } from '../../domain/webhook-errors';
import { WebhookHealthDto, WebhookHealthQueryDto } from './webhook-health.dto';
import { WebhookLogDto, WebhookLogQueryDto, WholeWebhookLogDto } from './webhook-logs.dto';
import { ReplayResultDto, ReplayWebhooksDto } from './webhook-replays.dto';

@ApiTags('Webhooks')
@Controller('webhook-logs')
export class WebhookLogsController {
  constructor(
    private readonly logs: ReadWebhookLogs,
    private readonly health: WebhookHealth,
    private readonly replayOne: ReplayWebhook,
    private readonly replayRange: ReplayWebhooks,
  ) {}

  @Route.get('', {
    summary: 'List webhook logs',
    description: 'What providers delivered, newest first: taken in, duplicate, or refused.',
    permission: 'webhook_logs.read',
    response: pageOf(WebhookLogDto),
    errors: [400, 422],
  })
  list(@Query() query: WebhookLogQueryDto): Promise<Page<WebhookLogDto>> {
    return this.logs.page(query);
  }

  @Route.get('health', {
    summary: 'Count webhook logs',
    description: 'How deliveries fared over a period, together and by source and type.',
    permission: 'webhook_logs.read',
    response: WebhookHealthDto,
    errors: [new PeriodInvalid()],
  })
  figures(@Query() period: WebhookHealthQueryDto): Promise<WebhookHealthDto> {
    return this.health.ofOrganization(period);
  }

  @Route.get(':id', {
    summary: 'Read a webhook log',
    description: 'With the headers that are kept, and the fields.',
    permission: 'webhook_logs.read',
    response: WholeWebhookLogDto,
    errors: [new WebhookLogGone()],
  })
  read(@IdParam() id: Uuid): Promise<WholeWebhookLogDto> {
    return this.logs.byId(id);
  }

  @Route.post(':id/replay', {
    summary: 'Replay a delivery',
    description:
      'Works it off again: one that failed for good, or whose attempts were used up, gets another chance; of one that was ' +
      'worked off nothing happens twice. A duplicate replays what it repeats. What was refused is not replayed.',
    permission: 'webhook_logs.replay',
    response: WebhookLogDto,
    status: 202,
    idempotent: true,
    errors: [new WebhookLogGone(), new WebhookNotVerified(), new WebhookErased(), new WebhookNotReplayable()],
  })
  replay(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<WebhookLogDto> {
    return this.replayOne.execute(scope, id);
  }

  @Route.post('replay', {
    summary: 'Replay the deliveries of a period',
    description:
      'Works them off again, in the order in which they came: 1,000 with one request, and `next` tells where to go on. What ' +
      'was refused, or speaks of somebody who was erased, is skipped.',
    permission: 'webhook_logs.replay',
    response: ReplayResultDto,
    status: 202,
    idempotent: true,
    errors: [400, 422],
  })
  replayAll(@Body() range: ReplayWebhooksDto, @CurrentScope() scope: OrgScope): Promise<ReplayResultDto> {
    return this.replayRange.execute(scope, range);
  }
}
