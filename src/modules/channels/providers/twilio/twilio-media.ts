import type { MediaAccess, ProviderAccount } from '../../domain/provider';

const API = 'https://api.twilio.com';

/**
 * Twilio's files are at its API, under the account's own credentials, which redirects to its CDN or to S3 with an address that
 * is signed by itself. https://www.twilio.com/docs/messaging/api/media-resource
 */
const HOSTS = ['api.twilio.com', '*.twiliocdn.com', '*.s3.amazonaws.com', 's3-external-1.amazonaws.com'];

/** How files of this account are fetched. */
export function twilioMediaAccess({ accountId, secrets }: ProviderAccount, apiBaseUrl: string): MediaAccess {
  const { origin } = new URL(apiBaseUrl);
  const secret = Buffer.from(`${accountId}:${secrets['authToken'] ?? ''}`).toString('base64');
  return {
    hosts: HOSTS,
    trustedOrigins: origin === API ? [] : [origin],
    credentials: { origins: [...new Set([API, origin])], authorization: `Basic ${secret}` },
  };
}
