import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, pageOf, Route, type Page } from '../../../common/http';
import { ReadWebhookLogs } from '../app/read-webhook-logs.query';
import { WebhookLogDto, WebhookLogQueryDto, WholeWebhookLogDto } from './webhook-logs.dto';
import { WebhookLogGone } from '../domain/webhook-errors';

@ApiTags('Webhooks')
@Controller('webhook-logs')
export class WebhookLogsController {
  constructor(private readonly logs: ReadWebhookLogs) {}

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
}
