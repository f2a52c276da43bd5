import { BadRequest, Forbidden, NotFound, Unsupported } from '../../../common/errors';

/** Why a delivery, or its signature, is not believed; the log keeps it. */
export const WEBHOOK_VERDICTS = [
  'malformed_webhook',
  'ambiguous_webhook',
  'webhook_not_connected',
  'webhook_signature_invalid',
] as const;
export type WebhookVerdict = (typeof WEBHOOK_VERDICTS)[number];

/** The bytes are not a delivery of the provider: damaged, incomplete, fields twice, or not of their format. */
export class MalformedWebhook extends BadRequest {
  readonly code = 'malformed_webhook';
  constructor() {
    super('This is not a delivery of the provider.');
  }
}

/** The signature fits other fields as well, so it does not vouch for these: text may have been moved between them. */
export class AmbiguousWebhook extends Forbidden {
  readonly code = 'ambiguous_webhook';
  constructor() {
    super('The signature fits other fields as well.');
  }
}

/** Neither the number nor the id belongs to a connection of that account here. */
export class WebhookNotConnected extends NotFound {
  readonly code = 'webhook_not_connected';
  constructor() {
    super('There is no connection for this delivery.');
  }
}

/** The signature is missing, or was not made with the connection's secret over this request. */
export class WebhookSignatureInvalid extends Forbidden {
  readonly code = 'webhook_signature_invalid';
  constructor() {
    super('The signature does not fit.');
  }
}

/** A handshake with a token of no connection, or of another one than the address names. */
export class WebhookHandshakeRefused extends NotFound {
  readonly code = 'webhook_verify_token_unknown';
  constructor() {
    super('There is no connection with this token.');
  }
}

/** A content type that the provider does not post. */
export class WebhookTypeUnsupported extends Unsupported {
  readonly code = 'unsupported_content_type';
  constructor() {
    super('This route takes what the provider posts: a form, or JSON.');
  }
}

/** No such delivery is kept: it never was, it expired, or it is another organization's. */
export class WebhookLogGone extends NotFound {
  readonly code = 'webhook_log_not_found';
  constructor() {
    super('There is no such webhook log.');
  }
}
