import twilio from 'twilio';
import type { ProviderAccount, WebhookRequest } from '../../domain/provider';
import { fieldsAreWhole, readFields } from './twilio-fields';

/**
 * Checks a request by the SDK's validator and then the fields again: see {@link fieldsAreWhole}.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
export function isSignedByTwilio(request: WebhookRequest, { accountId, secrets }: ProviderAccount): boolean {
  const signature = request.headers['x-twilio-signature'];
  const token = secrets['authToken'];
  const payload = readFields(request);
  if (!signature || !token || payload?.['AccountSid'] !== accountId) return false;
  const isJson = request.headers['content-type']?.toLowerCase().startsWith('application/json');
  // A JSON body is not in the signature itself: its digest is, as a parameter of the signed address.
  const signed = isJson
    ? twilio.validateRequestWithBody(token, signature, request.url, request.rawBody.toString())
    : twilio.validateRequest(token, signature, request.url, payload);
  return signed && fieldsAreWhole(payload);
}
