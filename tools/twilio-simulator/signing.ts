import { createHmac, randomUUID } from 'node:crypto';

/** A webhook ready to be posted: exactly what goes over the wire. */
export interface SignedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Twilio's signature: base64 HMAC-SHA1 over the full URL, as configured, followed by each parameter's
 * name and value in the order of names. Written out here, not taken from the SDK, so that the SDK's
 * validator checks it from outside.
 */
export function signature(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const names = Object.keys(params).sort();
  const data = url + names.map((name) => name + (params[name] ?? '')).join('');
  return createHmac('sha1', authToken).update(data, 'utf8').digest('base64');
}

/** A form post to `url`, signed; the idempotency token is new unless given. */
export function signedRequest(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string>>,
  token: string = randomUUID(),
): SignedRequest {
  const body = new URLSearchParams(params).toString();
  return {
    url,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'Content-Length': String(Buffer.byteLength(body)),
      Accept: '*/*',
      'User-Agent': 'TwilioProxy/1.1',
      'I-Twilio-Idempotency-Token': token,
      'X-Twilio-Signature': signature(authToken, url, params),
    },
    body,
  };
}
