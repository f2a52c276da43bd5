import { Controller, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import type { Uuid } from '../../../common/context';
import { IdParam, type RawRequest } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { WEBHOOK_ENDPOINTS, type WebhookEndpoint } from '../domain/webhook-endpoint';
import { incomingWebhook } from './incoming-request';
import { EMPTY_TWIML, receivesWebhooks } from './receives-webhooks';

const { whatsapp, sms } = WEBHOOK_ENDPOINTS;

@ApiTags('Webhooks')
@Controller('channels')
export class WebhooksController {
  constructor(
    private readonly takeInWebhook: TakeInWebhook,
    readonly config: Config,
    readonly clock: Clock,
  ) {}

  @receivesWebhooks('whatsapp/webhook', 'Receive a webhook of any WhatsApp connection')
  whatsapp(@Req() request: RawRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.takeIn(whatsapp, request, reply, null);
  }

  @receivesWebhooks('whatsapp/webhook/:connectionId', 'Receive a webhook of one WhatsApp connection')
  whatsappFor(
    @IdParam('connectionId') connectionId: Uuid,
    @Req() request: RawRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.takeIn(whatsapp, request, reply, connectionId);
  }

  @receivesWebhooks('sms/webhook', 'Receive a webhook of any SMS connection')
  sms(@Req() request: RawRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.takeIn(sms, request, reply, null);
  }

  @receivesWebhooks('sms/webhook/:connectionId', 'Receive a webhook of one SMS connection')
  smsFor(
    @IdParam('connectionId') connectionId: Uuid,
    @Req() request: RawRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.takeIn(sms, request, reply, connectionId);
  }

  private async takeIn(
    endpoint: WebhookEndpoint,
    request: RawRequest,
    reply: FastifyReply,
    connectionId: Uuid | null,
  ): Promise<string> {
    await this.takeInWebhook.execute(incomingWebhook(endpoint, request, connectionId, this));
    void reply.type('text/xml; charset=utf-8');
    return EMPTY_TWIML;
  }
}
