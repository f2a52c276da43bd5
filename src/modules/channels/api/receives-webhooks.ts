import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader } from '@nestjs/swagger';
import { HasId, Route, TakesProviderBodies } from '../../../common/http';
import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { CONNECTION_IN_PATH } from './incoming-request';
import { TwilioWebhookDto } from './webhooks.dto';

/** Answers are messages of their own: TwiML has nothing to say. */
export const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** A webhook route is for one connection, or for any. */
export const namesConnection = (path: string): MethodDecorator =>
  path.endsWith(`:${CONNECTION_IN_PATH}`) ? HasId(CONNECTION_IN_PATH) : applyDecorators();

interface TwilioRoute {
  readonly summary: string;
  readonly description: string;
  readonly contentTypes: readonly string[];
  readonly body: Type;
  /** What a 200 is, and an example of its TwiML. */
  readonly answer: { readonly description: string; readonly example: string };
}

/** A route that Twilio posts to, signed, and that answers TwiML. */
export const twilioPosts = (
  path: string,
  { summary, description, contentTypes, body, answer }: TwilioRoute,
): MethodDecorator =>
  applyDecorators(
    TakesProviderBodies(),
    namesConnection(path),
    ApiConsumes(...contentTypes),
    ApiBody({ type: body }),
    ApiHeader({
      name: 'X-Twilio-Signature',
      description:
        'Over the public address of this route and the fields, by the auth token of the connection.',
      required: true,
      schema: { type: 'string' },
    }),
    Route.post(path, {
      summary,
      description,
      public: true,
      text: { mediaType: 'text/xml', ...answer },
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

/** A route that Twilio posts messages and their statuses to. */
export const receivesWebhooks = (path: string, summary: string): MethodDecorator =>
  twilioPosts(path, {
    summary,
    description:
      'For Twilio: inbound messages and status callbacks, signed. A form, or JSON whose SHA-256 stands in the query ' +
      'as `bodySHA256`. Logged, deduplicated by message id and status, and worked off afterwards.',
    contentTypes: ['application/x-www-form-urlencoded', 'application/json'],
    body: TwilioWebhookDto,
    answer: { description: 'Taken in; a duplicate, too. Empty TwiML.', example: EMPTY_TWIML },
  });
