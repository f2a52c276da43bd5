import { Controller, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import { asUuid, type Uuid } from '../../../common/context';
import { IdParam, Route, TakesProviderBodies, type RawRequest, storableAddress } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { TwilioWebhookDto } from './webhooks.dto';

/** Answers are messages of their own: TwiML has nothing to say. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';
import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';

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
    private readonly config: Config,
    private readonly clock: Clock,
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
    await this.takeInWebhook.execute({
      // Never the Host header: whoever sends chooses it.
      request: {
        url: this.config.http.publicUrl + request.originalUrl,
        headers: request.headers as Record<string, string | undefined>,
        rawBody: request.rawBody ?? Buffer.alloc(0),
      },
      connectionId,
      method: request.method,
      ip: storableAddress(request.ip) ?? null,
      requestId: asUuid(request.id),
      receivedAt: this.clock.now(),
    });
    void reply.type('text/xml; charset=utf-8');
    return EMPTY_TWIML;
  }
}
