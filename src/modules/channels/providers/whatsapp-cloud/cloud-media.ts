import { FetchFailed, FetchRefused } from '../../../../common/guarded-fetch';
import type { MediaAccess, ProviderAccount } from '../../domain/provider';
import { objectOf, textOf } from './graph-api';
import { GraphRefusal, type GraphHttp } from './graph-http';

const API = 'https://graph.facebook.com';
/** Where Meta keeps files, under the same token. */
const STORAGE = 'https://lookaside.fbsbx.com';

const REFERENCE = 'whatsapp-cloud:';
const MEDIA_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** A file by its id: where it is, Meta tells whoever asks, and that holds for five minutes. */
export function mediaReference(id: string): string {
  return REFERENCE + id;
}

/**
 * Asks where a file is at this moment. Throws `FetchRefused` where there is none (any more), and `FetchFailed`.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
 */
export async function locateCloudMedia(
  http: GraphHttp,
  { secrets }: ProviderAccount,
  reference: string,
): Promise<string> {
  const id = reference.startsWith(REFERENCE) ? reference.slice(REFERENCE.length) : '';
  if (!MEDIA_ID.test(id)) throw new FetchRefused('url_not_allowed');
  try {
    const answer = await http.request({ path: `/${id}`, token: secrets['accessToken'] ?? '' });
    return textOf(objectOf(answer)['url']) ?? badAnswer();
  } catch (error) {
    throw troubleOf(error);
  }
}

function badAnswer(): never {
  throw new FetchFailed('bad_answer');
}

/** Of an object that is not there, and of one that is not the token's, Meta says the same: code 100. */
function troubleOf(error: unknown): FetchFailed | FetchRefused {
  if (error instanceof FetchFailed) return error;
  if (!(error instanceof GraphRefusal)) return new FetchFailed('unreachable');
  const { status, code } = error;
  if (status === 401 || status === 403 || code === 190) return new FetchRefused('not_permitted');
  if (status === 404 || code === 100) return new FetchRefused('not_found');
  return new FetchFailed('bad_answer');
}

/** How files of this account are fetched. */
export function cloudMediaAccess({ secrets }: ProviderAccount, apiBaseUrl: string): MediaAccess {
  const { origin } = new URL(apiBaseUrl);
  return {
    hosts: [new URL(STORAGE).host],
    trustedOrigins: origin === API ? [] : [origin],
    credentials: { origins: [STORAGE, origin], authorization: `Bearer ${secrets['accessToken'] ?? ''}` },
  };
}
