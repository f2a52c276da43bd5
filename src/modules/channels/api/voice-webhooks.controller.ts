import { Controller, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import type { Uuid } from '../../../common/context';
import { IdParam, Route, TakesProviderBodies, type RawRequest } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { AnswerCall } from '../app/calls/answer-call.use-case';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { WEBHOOK_ENDPOINTS } from '../domain/webhook-endpoint';
import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { incomingWebhook } from './incoming-request';
import { TwilioCallDto } from './voice-webhooks.dto';

const EXAMPLE =
  '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">Good morning.</Say>' +
  '<Dial answerOnBridge="true" timeout="20"><Number>+14155550123</Number></Dial></Response>';

const receivesCalls = (path: string, summary: string): MethodDecorator =>
  applyDecorators(
    TakesProviderBodies(),
    ApiConsumes('application/x-www-form-urlencoded'),
    ApiBody({ type: TwilioCallDto }),
    ApiHeader({
      name: 'X-Twilio-Signature',
      description:
        'Over the public address of this route and the fields, by the auth token of the connection.',
      required: true,
      schema: { type: 'string' },
    }),
    ApiResponse({
      status: 200,
      description: 'What comes next in the call, as TwiML; nothing for what is only told.',
      content: { 'text/xml': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    Route.post(path, {
      summary,
      description:
        'For Twilio: calls that come in, what came of their steps, their statuses and recordings, signed. Logged, ' +
        'deduplicated, answered by the voice settings of the number, and worked off afterwards.',
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
@Controller('channels/voice/webhook')
export class VoiceWebhooksController {
  constructor(
    private readonly takeInWebhook: TakeInWebhook,
    private readonly answerCall: AnswerCall,
    readonly config: Config,
    readonly clock: Clock,
  ) {}

  @receivesCalls('', 'Receive a webhook of a call to any connection')
  receive(@Req() request: RawRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.takeIn(request, reply, null);
  }

  @receivesCalls(':connectionId', 'Receive a webhook of a call of one connection')
  receiveFor(
    @IdParam('connectionId') connectionId: Uuid,
    @Req() request: RawRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.takeIn(request, reply, connectionId);
  }

  private async takeIn(request: RawRequest, reply: FastifyReply, connectionId: Uuid | null): Promise<string> {
    const webhook = incomingWebhook(WEBHOOK_ENDPOINTS.voice, request, connectionId, this);
    const [call] = await this.takeInWebhook.execute(webhook);
    if (!call) throw new MalformedWebhook();
    void reply.type('text/xml; charset=utf-8');
    return this.answerCall.execute(call, webhook);
  }
}
