import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { newSid } from './ids';
import type { Json } from './resources';

/** A file that a customer sent, or the address of one that lies elsewhere. */
export type InboundMedia =
  | { url: string; contentType: string }
  /** Kept by the simulator, which serves it as Twilio does. */
  | { content: Buffer; contentType: string };

/** What came of fetching one file of an outbound message. */
export interface FetchedMedia {
  url: string;
  /** Null without an answer. */
  status: number | null;
  contentType: string | null;
  size: number;
  /** In hex. */
  sha256: string;
}

interface Kept {
  accountSid: string;
  messageSid: string;
  content: Buffer;
  contentType: string;
}

const FETCH_TIMEOUT_MS = 15_000;
const MEDIA = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/[^/]+\/Media\/(ME[0-9a-f]{32})$/;
const LIST = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\.json$/;
const CDN = /^\/cdn\/(ME[0-9a-f]{32})$/;

/** Files of inbound messages. Only the newest `maxFiles` stay. */
export class MediaShelf {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly maxFiles = 500) {}

  /** Files as the webhook tells them: each with an address. `origin` is the simulator's own. */
  addressed(
    media: readonly InboundMedia[],
    { origin, accountSid, messageSid }: { origin: string; accountSid: string; messageSid: string },
  ): { url: string; contentType: string }[] {
    return media.map((file) => {
      if ('url' in file) return file;
      const sid = newSid('ME');
      this.#kept.set(sid, { accountSid, messageSid, ...file });
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > this.maxFiles && oldest !== undefined) this.#kept.delete(oldest);
      const url = `${origin}/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${sid}`;
      return { url, contentType: file.contentType };
    });
  }

  /** The list of a message's files as the REST API shows it; null when the path is of none. */
  list(path: string): { accountSid: string; page: Json } | null {
    const [, accountSid, messageSid] = LIST.exec(path) ?? [];
    if (accountSid === undefined) return null;
    const files = [...this.#kept].filter(([, kept]) => kept.messageSid === messageSid);
    const media_list = files.map(([sid, { contentType }]) => ({
      account_sid: accountSid,
      content_type: contentType,
      parent_sid: messageSid,
      sid,
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${sid}.json`,
    }));
    return { accountSid, page: { media_list, page: 0, page_size: 50, next_page_uri: null } };
  }

  /** The account in the path of a file of the REST API, and the file's sid; null for any other path. */
  route(path: string): { accountSid: string; sid: string } | null {
    const [, accountSid, sid] = MEDIA.exec(path) ?? [];
    return accountSid !== undefined && sid !== undefined ? { accountSid, sid } : null;
  }

  /** Answers with a redirect to where the file lies, as Twilio does; false when there is no such file of the account. */
  redirect(response: ServerResponse, { accountSid, sid }: { accountSid: string; sid: string }): boolean {
    if (this.#kept.get(sid)?.accountSid !== accountSid) return false;
    response.writeHead(307, { Location: `/cdn/${sid}`, 'Content-Length': 0 }).end();
    return true;
  }

  /** Answers with a file, to anybody who knows its address; false when the path is of none. */
  serve(response: ServerResponse, path: string): boolean {
    const kept = this.#kept.get(CDN.exec(path)?.[1] ?? '');
    if (!kept) return false;
    const { content, contentType } = kept;
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': content.length }).end(content);
    return true;
  }
}

/** Fetches a file of an outbound message, as Twilio does before it sends. Never throws. */
export async function fetchMedia(url: string): Promise<FetchedMedia> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    const content = Buffer.from(await response.arrayBuffer());
    return {
      ...described(url, content),
      status: response.status,
      contentType: response.headers.get('content-type'),
    };
  } catch {
    return { ...described(url, Buffer.alloc(0)), status: null, contentType: null };
  }
}

function described(url: string, content: Buffer): { url: string; size: number; sha256: string } {
  return { url, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
