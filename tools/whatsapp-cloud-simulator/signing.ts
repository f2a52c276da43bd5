import { createHmac } from 'node:crypto';

/** A webhook ready to be posted: exactly what goes over the wire. */
export interface SignedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Meta's signature: HMAC-SHA256 of the body's bytes by the app secret, in hex. */
export function signature(appSecret: string, body: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body, 'utf8').digest('hex')}`;
}

/** A JSON post to `url`, signed. Beyond ASCII, Meta writes (and signs) escapes: the body has no other bytes. */
export function signedRequest(appSecret: string, url: string, payload: unknown): SignedRequest {
  const body = escaped(JSON.stringify(payload));
  return {
    url,
    headers: {
      'Content-Type': 'application/json',
      Accept: '*/*',
      'User-Agent': 'facebookexternalua',
      'X-Hub-Signature-256': signature(appSecret, body),
    },
    body,
  };
}

function escaped(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
