import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../../common/config';
import type { RawRequest } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { AnswerCall } from '../app/calls/answer-call.use-case';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { WEBHOOK_ENDPOINTS } from '../domain/webhook-endpoint';
import { MalformedWebhook } from '../domain/webhook-errors';
import { incomingWebhook } from './incoming-request';
import { twilioPosts } from './receives-webhooks';
import { TwilioCallDto } from './voice-webhooks.dto';

const EXAMPLE =
  '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">Good morning.</Say>' +
  '<Dial answerOnBridge="true" timeout="20"><Number>+14155550123</Number></Dial></Response>';

const receivesCalls = (path: string, summary: string): MethodDecorator =>
  twilioPosts(path, {
    summary,
    description:
      'For Twilio: calls that come in, what came of their steps, their statuses and recordings, signed. Logged, ' +
      'deduplicated, answered by the voice settings of the number, and worked off afterwards.',
    contentTypes: ['application/x-www-form-urlencoded'],
    body: TwilioCallDto,
    answer: {
      description: 'What comes next in the call, as TwiML; nothing for what is only told.',
      example: EXAMPLE,
    },
  });

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
  receive(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(request, reply);
  }

  @receivesCalls(':connectionId', 'Receive a webhook of a call of one connection')
  receiveFor(request: RawRequest, reply: FastifyReply): Promise<string> {
    return this.takeIn(request, reply);
  }

  private async takeIn(request: RawRequest, reply: FastifyReply): Promise<string> {
    const webhook = incomingWebhook(WEBHOOK_ENDPOINTS.voice, request, this);
    const [call] = await this.takeInWebhook.execute(webhook);
    if (!call) throw new MalformedWebhook();
    void reply.type('text/xml; charset=utf-8');
    return this.answerCall.execute(call, webhook);
  }
}
