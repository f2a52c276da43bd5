import type { AccountCheck, AccountToVerify, RejectedPart } from '../../domain/provider-account';
import { accountCheckOf } from './graph-errors';
import { objectOf, textOf } from './graph-api';
import type { GraphHttp } from './graph-http';
import { allOf } from './graph-pages';

/**
 * Asks Meta whether app, token, account and number belong together: the app's own id and secret open what is known of the token
 * (so the secret is right as well, by which webhooks are verified), and the token opens the account with its numbers.
 * https://developers.facebook.com/docs/graph-api/reference/debug_token
 */
export async function verifyCloudAccount(http: GraphHttp, account: AccountToVerify): Promise<AccountCheck> {
  let asked: RejectedPart = 'app';
  try {
    const expireAt = await tokenExpiry(http, account);
    if (expireAt === 'invalid') return { kind: 'rejected', part: 'token' };
    asked = 'account';
    const address = await numberOf(http, account);
    return address === undefined
      ? { kind: 'rejected', part: 'number' }
      : { kind: 'accepted', address, expireAt };
  } catch (error) {
    const check = accountCheckOf(error);
    return check.kind === 'rejected' ? { ...check, part: asked } : check;
  }
}

/** Null for a token that does not end by itself. */
async function tokenExpiry(http: GraphHttp, { secrets }: AccountToVerify): Promise<Date | null | 'invalid'> {
  const { appId = '', appSecret = '', accessToken = '' } = secrets;
  const answer = await http.request({
    path: '/debug_token',
    query: { input_token: accessToken },
    token: `${appId}|${appSecret}`,
  });
  const data = objectOf(answer['data']);
  if (data['is_valid'] !== true || String(data['app_id']) !== appId) return 'invalid';
  return soonest(data['expires_at'], data['data_access_expires_at']);
}

/** Of two times in seconds, of which 0 means never. */
function soonest(...times: readonly unknown[]): Date | null {
  const ends = times.filter((time): time is number => typeof time === 'number' && time > 0);
  return ends.length === 0 ? null : new Date(Math.min(...ends) * 1_000);
}

/** The number as people dial it, E.164; undefined when the account has no such number. */
async function numberOf(
  http: GraphHttp,
  { accountId, secrets, numberId }: AccountToVerify,
): Promise<string | undefined> {
  const numbers = await allOf(http, `/${accountId}/phone_numbers`, secrets['accessToken'] ?? '', {
    fields: 'id,display_phone_number',
  });
  const shown = textOf(numbers.find(({ id }) => id === numberId)?.['display_phone_number']);
  return shown === undefined ? undefined : `+${shown.replace(/\D/g, '')}`;
}
