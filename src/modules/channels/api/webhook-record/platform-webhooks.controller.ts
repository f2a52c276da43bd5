import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { asUuid, type OrgScope } from '../../../../common/context';
import { CurrentScope, pageOf, Route, type Page } from '../../../../common/http';
import { ReadPlatformWebhookLogs } from '../../app/webhook-record/read-platform-webhook-logs.query';
import { WebhookHealth } from '../../app/webhook-record/webhook-health.query';
import { PeriodInvalid } from '../../domain/log-period';
import { PlatformWebhookDto, PlatformWebhookQueryDto } from './platform-webhooks.dto';
import { PlatformWebhookHealthQueryDto, WebhookHealthDto } from './webhook-health.dto';

/** For members of the organization that operates the installation. */
@ApiTags('Platform')
@Controller('platform/webhook-logs')
export class PlatformWebhooksController {
  constructor(
    private readonly logs: ReadPlatformWebhookLogs,
    private readonly health: WebhookHealth,
  ) {}

  @Route.get('', {
    summary: 'List deliveries of all organizations',
    description:
      'Newest first, also those that belong to nobody; of the last day unless said otherwise. What was delivered, by whom ' +
      'and from where is not shown.',
    permission: 'platform.operate',
    response: pageOf(PlatformWebhookDto),
    ownTransactions: true,
    errors: [400, new PeriodInvalid()],
  })
  list(
    @CurrentScope() { orgId }: OrgScope,
    @Query() query: PlatformWebhookQueryDto,
  ): Promise<Page<PlatformWebhookDto>> {
    return this.logs.page(orgId, query);
  }

  @Route.get('health', {
    summary: 'Count deliveries of the installation',
    description: 'How deliveries fared over a period, by source and type: of all organizations, or of one.',
    permission: 'platform.operate',
    response: WebhookHealthDto,
    ownTransactions: true,
    errors: [new PeriodInvalid()],
  })
  figures(@Query() { organizationId, ...period }: PlatformWebhookHealthQueryDto): Promise<WebhookHealthDto> {
    return this.health.ofPlatform(organizationId === undefined ? null : asUuid(organizationId), period);
  }
}
