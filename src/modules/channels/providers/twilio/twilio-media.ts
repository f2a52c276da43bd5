import { FetchRefused } from '../../../../common/guarded-fetch';
import type { MediaAccess, ProviderAccount } from '../../domain/provider';

const API = 'https://api.twilio.com';

/**
 * Twilio's files are at its API, under the account's own credentials, which redirects to its CDN or to S3 with an address that
 * is signed by itself. https://www.twilio.com/docs/messaging/api/media-resource
 */
const HOSTS = ['api.twilio.com', '*.twiliocdn.com', '*.s3.amazonaws.com', 's3-external-1.amazonaws.com'];

/** Files of messages and recordings of calls. */
const FILES = '(?:Messages/(?:SM|MM)[0-9a-f]{32}/Media/ME|Recordings/RE)[0-9a-f]{32}(?:\\.(?:mp3|wav))?';

const filesOf = ({ accountId }: ProviderAccount): RegExp =>
  new RegExp(`^/2010-04-01/Accounts/${accountId}/${FILES}$`);
const originsOf = (apiBaseUrl: string): string[] => [...new Set([API, new URL(apiBaseUrl).origin])];

/**
 * Where a file is: where the delivery says. Of the API nothing else is read as one: whoever forged a delivery, while its connection
 * observes, would have the account itself stored as a file, auth token and all. Throws `FetchRefused`.
 */
export function locateTwilioMedia(account: ProviderAccount, address: string, apiBaseUrl: string): string {
  if (!URL.canParse(address)) throw new FetchRefused('url_not_allowed');
  const { origin, pathname } = new URL(address);
  if (originsOf(apiBaseUrl).includes(origin) && !filesOf(account).test(pathname))
    throw new FetchRefused('url_not_allowed');
  return address;
}

/** How files of this account are fetched. A redirect leads to the account no more than a delivery does. */
export function twilioMediaAccess(account: ProviderAccount, apiBaseUrl: string): MediaAccess {
  const { origin } = new URL(apiBaseUrl);
  const secret = Buffer.from(`${account.accountId}:${account.secrets['authToken'] ?? ''}`).toString('base64');
  return {
    hosts: HOSTS,
    trustedOrigins: origin === API ? [] : [origin],
    credentials: {
      origins: originsOf(apiBaseUrl),
      paths: filesOf(account),
      authorization: `Basic ${secret}`,
    },
  };
}
