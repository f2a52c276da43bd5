import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import type { RawRequest } from '../../../common/http';
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
  whatsapp(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(whatsapp, request, reply);
  }

  @receivesWebhooks('whatsapp/webhook/:connectionId', 'Receive a webhook of one WhatsApp connection')
  whatsappFor(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(whatsapp, request, reply);
  }

  @receivesWebhooks('sms/webhook', 'Receive a webhook of any SMS connection')
  sms(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(sms, request, reply);
  }

  @receivesWebhooks('sms/webhook/:connectionId', 'Receive a webhook of one SMS connection')
  smsFor(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(sms, request, reply);
  }

  private async takeIn(endpoint: WebhookEndpoint, request: RawRequest, reply: FastifyReply): Promise<string> {
    await this.takeInWebhook.execute(incomingWebhook(endpoint, request, this));
    void reply.type('text/xml; charset=utf-8');
    return EMPTY_TWIML;
  }
}
