import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * `sha256=` and 64 lower-case hex digits: Meta writes no other form.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
 */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/**
 * True when `header` signs these very bytes with `appSecret`. Meta signs what it sends, where everything beyond ASCII is escaped
 * (`\u00e4`): what was read and written again would have another signature.
 */
export function isSignedByMeta(header: string | undefined, body: Buffer, appSecret: string): boolean {
  const digits = SIGNATURE.exec(header ?? '')?.[1];
  if (digits === undefined || appSecret === '') return false;
  const expected = createHmac('sha256', appSecret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(digits, 'hex'));
}
