import { Controller, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import type { Uuid } from '../../../common/context';
import { IdParam, Route, TakesProviderBodies, type RawRequest } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { TwilioWebhookDto } from './webhooks.dto';

import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { WEBHOOK_ENDPOINTS } from '../domain/webhook-endpoint';
import { incomingWebhook } from './incoming-request';

/** Answers are messages of their own: TwiML has nothing to say. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

const receivesWebhooks = (path: string, summary: string): MethodDecorator =>
  applyDecorators(
    TakesProviderBodies(),
    ApiConsumes('application/x-www-form-urlencoded', 'application/json'),
    ApiBody({ type: TwilioWebhookDto }),
    ApiHeader({
      name: 'X-Twilio-Signature',
      description:
        'Over the public address of this route and the fields, by the auth token of the connection.',
      required: true,
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: 'Taken in; a duplicate, too. Empty TwiML.',
      content: { 'text/xml': { schema: { type: 'string' }, example: EMPTY_TWIML } },
    }),
    Route.post(path, {
      summary,
      description:
        'For Twilio: inbound messages and status callbacks, signed. A form, or JSON whose SHA-256 stands in the query ' +
        'as `bodySHA256`. Logged, deduplicated by message id and status, and worked off afterwards.',
      public: true,
      status: 200,
      errors: [
        new MalformedWebhook(),
        new AmbiguousWebhook(),
        new WebhookSignatureInvalid(),
        new WebhookNotConnected(),
        413,
        new WebhookTypeUnsupported(),
      ],
    }),
  );

@ApiTags('Webhooks')
@Controller('channels/whatsapp/webhook')
export class WebhooksController {
  constructor(
    private readonly takeInWebhook: TakeInWebhook,
    readonly config: Config,
    readonly clock: Clock,
  ) {}

  @receivesWebhooks('', 'Receive a webhook of any connection')
  receive(@Req() request: RawRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.takeIn(request, reply, null);
  }

  @receivesWebhooks(':connectionId', 'Receive a webhook of one connection')
  receiveFor(
    @IdParam('connectionId') connectionId: Uuid,
    @Req() request: RawRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.takeIn(request, reply, connectionId);
  }

  private async takeIn(request: RawRequest, reply: FastifyReply, connectionId: Uuid | null): Promise<string> {
    const endpoint = WEBHOOK_ENDPOINTS.whatsapp;
    await this.takeInWebhook.execute(incomingWebhook(endpoint, request, connectionId, this));
    void reply.type('text/xml; charset=utf-8');
    return EMPTY_TWIML;
  }
}
