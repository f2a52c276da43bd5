import type { IncomingMessage } from 'node:http';
import { MetaError } from './errors';
import type { Account } from './model';
import type { Store } from './store';

/** What a token opens. */
export interface Bearer {
  readonly accounts: readonly Account[];
  /** Of an app that speaks for itself: it opens nothing but what is told of tokens. */
  readonly appId: string | null;
}

/**
 * Who asks: by a token of a system user, or of an app (`{app id}|{app secret}`).
 * @throws MetaError 190 for a token that is none, or has ended
 */
export function bearerOf(store: Store, { headers }: IncomingMessage): Bearer {
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) throw new MetaError(401, 104, { message: 'An access token is required' });
  const accounts = [...store.accounts.values()];
  const app = accounts.find(({ appId, appSecret }) => `${appId}|${appSecret}` === token);
  if (app) return { accounts: [], appId: app.appId };
  const own = accounts.filter(({ accessToken }) => accessToken === token);
  const [first] = own;
  if (!first)
    throw new MetaError(401, 190, { message: 'Invalid OAuth access token - Cannot parse access token' });
  refuseEnded(first);
  return { accounts: own, appId: null };
}

function refuseEnded({ tokenExpiresAt }: Account): void {
  if (tokenExpiresAt === null || tokenExpiresAt.getTime() > Date.now()) return;
  const message = `Error validating access token: Session has expired on ${tokenExpiresAt.toUTCString()}.`;
  throw new MetaError(401, 190, { message, subcode: 463 });
}

/** What Meta tells of a token to its app, or to itself: whether it is valid, and when it ends (0: never). */
export function tokenFacts(store: Store, { accounts, appId }: Bearer, token: string | null): unknown {
  const account = [...store.accounts.values()].find((one) => one.accessToken === token);
  const asked = appId ?? accounts[0]?.appId;
  if (!account || account.appId !== asked) {
    const error = { code: 190, message: 'Invalid OAuth access token.' };
    return { data: { is_valid: false, error, scopes: [] } };
  }
  const end = account.tokenExpiresAt?.getTime();
  return {
    data: {
      app_id: account.appId,
      type: 'SYSTEM_USER',
      application: 'Simulated app',
      data_access_expires_at: secondsOf(account.dataAccessExpiresAt),
      expires_at: secondsOf(account.tokenExpiresAt),
      is_valid: end === undefined || end > Date.now(),
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
      granular_scopes: [
        { scope: 'whatsapp_business_management', target_ids: [account.id] },
        { scope: 'whatsapp_business_messaging', target_ids: [account.id] },
      ],
    },
  };
}

function secondsOf(date: Date | null): number {
  return date === null ? 0 : Math.floor(date.getTime() / 1000);
}
