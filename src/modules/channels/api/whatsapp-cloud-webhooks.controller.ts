import { Controller, Query, Req, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiTags } from '@nestjs/swagger';
import { Config } from '../../../common/config';
import type { Uuid } from '../../../common/context';
import { IdParam, Route, storableAddress, TakesProviderBodies, type RawRequest } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { AnswerHandshake } from '../app/handshakes/answer-handshake.query';
import { TakeInWebhook } from '../app/take-in-webhook.use-case';
import { WEBHOOK_ENDPOINTS } from '../domain/webhook-endpoint';
import {
  MalformedWebhook,
  WebhookHandshakeRefused,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { incomingWebhook } from './incoming-request';
import { namesConnection } from './receives-webhooks';
import { HandshakeQueryDto, WhatsappCloudWebhookDto } from './whatsapp-cloud-webhooks.dto';

/** Meta's largest. https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview */
const MAX_BYTES = 3 * 1_048_576;
/** As in Meta's own example: only the status counts. */
const TAKEN_IN = 'EVENT_RECEIVED';
const ENDPOINT = WEBHOOK_ENDPOINTS.whatsappCloud;

const shakesHands = (path: string, summary: string): MethodDecorator =>
  Route.get(path, {
    summary,
    description: "For Meta, when the address is configured in the app's dashboard.",
    public: true,
    limit: 'address',
    text: { mediaType: 'text/plain', description: 'The challenge.', example: '1158201444' },
    errors: [400, 422, new WebhookHandshakeRefused()],
  });

const receivesWebhooks = (path: string, summary: string): MethodDecorator =>
  applyDecorators(
    TakesProviderBodies({ maxBytes: MAX_BYTES }),
    namesConnection(path),
    ApiConsumes('application/json'),
    ApiBody({ type: WhatsappCloudWebhookDto }),
    ApiHeader({
      name: 'X-Hub-Signature-256',
      description: 'Over the body as it is posted, by the app secret of the connection.',
      required: true,
      schema: { type: 'string' },
    }),
    Route.post(path, {
      summary,
      description:
        'For Meta: messages and statuses, several in one request, signed. Each is logged, deduplicated by message id and ' +
        'status, and worked off afterwards. Of a request that tells of several numbers those events are taken in whose connection it is signed for.',
      public: true,
      text: {
        mediaType: 'text/plain',
        description: 'Taken in; a duplicate, and what concerns nobody here, too.',
        example: TAKEN_IN,
      },
      errors: [
        new MalformedWebhook(),
        new WebhookSignatureInvalid(),
        new WebhookNotConnected(),
        413,
        new WebhookTypeUnsupported(),
      ],
    }),
  );

@ApiTags('Webhooks')
@Controller('channels/whatsapp-cloud/webhook')
export class WhatsappCloudWebhooksController {
  constructor(
    private readonly takeInWebhook: TakeInWebhook,
    private readonly answerHandshake: AnswerHandshake,
    readonly config: Config,
    readonly clock: Clock,
  ) {}

  @shakesHands('', "Answer Meta's handshake for any connection")
  handshake(@Query() query: HandshakeQueryDto, @Req() request: RawRequest): Promise<string> {
    return this.shakeHands(query, request, null);
  }

  @shakesHands(':connectionId', "Answer Meta's handshake for one connection")
  handshakeFor(
    @IdParam('connectionId') connectionId: Uuid,
    @Query() query: HandshakeQueryDto,
    @Req() request: RawRequest,
  ): Promise<string> {
    return this.shakeHands(query, request, connectionId);
  }

  @receivesWebhooks('', 'Receive a webhook of any Cloud API connection')
  receive(request: RawRequest): Promise<string> {
    return this.takeIn(request);
  }

  @receivesWebhooks(':connectionId', 'Receive a webhook of one Cloud API connection')
  receiveFor(request: RawRequest): Promise<string> {
    return this.takeIn(request);
  }

  private shakeHands(
    query: HandshakeQueryDto,
    request: RawRequest,
    connectionId: Uuid | null,
  ): Promise<string> {
    const ip = storableAddress(request.ip) ?? null;
    return this.answerHandshake.execute({ endpoint: ENDPOINT, connectionId, ...query.asked(), ip });
  }

  private async takeIn(request: RawRequest): Promise<string> {
    await this.takeInWebhook.execute(incomingWebhook(ENDPOINT, request, this));
    return TAKEN_IN;
  }
}
