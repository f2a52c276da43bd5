import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse } from '@nestjs/swagger';
import { Route, TakesProviderBodies } from '../../../common/http';
import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { TwilioWebhookDto } from './webhooks.dto';

/** Answers are messages of their own: TwiML has nothing to say. */
export const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** A route that Twilio posts messages and their statuses to. */
export const receivesWebhooks = (path: string, summary: string): MethodDecorator =>
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
