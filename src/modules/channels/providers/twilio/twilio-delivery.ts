import twilio from 'twilio';
import type { Channel } from '../../domain/channel';
import type { ProviderAccount, WebhookClaim, WebhookReading, WebhookRequest } from '../../domain/provider';
import { twilioEvent } from './twilio-events';
import { TWILIO_FIELDS } from './twilio-fields';
import { readBody, type ReadBody, type TwilioFields } from './twilio-form';
import { ACCOUNT_SID, MESSAGE_SID } from './twilio-formats';
import { smsFields } from './twilio-sms-fields';

/** Reads one of Twilio's messaging webhooks; nothing is believed yet. */
export function readTwilioDelivery(request: WebhookRequest, channel: Channel): WebhookReading {
  const body = readBody(request);
  if (body === 'unsupported') return { kind: 'unsupported' };
  if (body === 'malformed') return { kind: 'malformed' };
  const { kind, fields } = body;
  const format = channel === 'sms' ? smsFields(fields) : TWILIO_FIELDS;
  const event = format.areWellFormed(fields) ? twilioEvent(channel, fields) : undefined;
  if (!event) return { kind: 'malformed', ...claimOf(fields) };
  return {
    kind: 'delivery',
    delivery: {
      events: [event],
      isSignedWith: (account) => isSigned(request, body, account),
      // A JSON body is signed by its digest, as it is; only a form can be cut in several ways.
      isUnambiguous: () => kind === 'json' || format.areOneReading(fields),
    },
  };
}

const JSON_QUERY = /^[^?]*\?(?:message=[0-9a-f-]{36}&)?bodySHA256=[0-9a-f]{64}$/;

/**
 * The SDK's own validator. https://www.twilio.com/docs/usage/webhooks/webhooks-security
 * A JSON body is not in the signature itself: its digest is, as a parameter of the signed address.
 */
function isSigned(
  request: WebhookRequest,
  { kind, fields }: ReadBody,
  { accountId, secrets }: ProviderAccount,
): boolean {
  if (kind === 'form') return isSignedForm(request, fields, { accountId, secrets });
  const signature = request.headers['x-twilio-signature'];
  const token = secrets['authToken'];
  if (!signature || !token || fields['AccountSid'] !== accountId) return false;
  // A form's signature covers address and fields in one string: with a query of the attacker's making, the fields of a signed
  // form could be moved into the address of a JSON delivery. Twilio's own queries there are these and no others.
  if (!JSON_QUERY.test(request.url)) return false;
  return twilio.validateRequestWithBody(token, signature, request.url, request.rawBody.toString());
}

/** Signed over address and fields, of this account. */
export function isSignedForm(
  { headers, url }: WebhookRequest,
  fields: TwilioFields,
  { accountId, secrets }: ProviderAccount,
): boolean {
  const signature = headers['x-twilio-signature'];
  const token = secrets['authToken'];
  if (!signature || !token || fields['AccountSid'] !== accountId) return false;
  return twilio.validateRequest(token, signature, url, fields);
}

/** A sender that knows an account and a message of the right form could be real. */
function claimOf(fields: ReadBody['fields']): {
  claim?: WebhookClaim;
} {
  const { AccountSid: account = '', MessageSid: message = '' } = fields;
  if (!ACCOUNT_SID.matches(account) || !MESSAGE_SID.matches(message)) return {};
  const type = fields['MessageStatus'] === undefined ? 'message' : 'status';
  return { claim: { type, externalId: message, payload: fields } };
}
