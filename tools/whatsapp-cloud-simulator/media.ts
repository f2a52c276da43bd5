import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { newId } from './ids';
import type { MediaFile } from './model';

/** Where Meta keeps files: https://lookaside.fbsbx.com, here the simulator itself. */
export const LOOKASIDE = '/whatsapp_business/attachments/';
/** An address holds for five minutes; the file itself stays for thirty days. */
const ADDRESS_LIFETIME_MS = 5 * 60_000;

/** Files of messages. Only the newest `maxFiles` stay. */
export class MediaShelf {
  readonly #files = new Map<string, MediaFile>();

  constructor(private readonly maxFiles: number) {}

  put(file: Omit<MediaFile, 'id'>): MediaFile {
    const kept = { ...file, id: newId() };
    this.#files.set(kept.id, kept);
    const [oldest] = this.#files.keys();
    if (this.#files.size > this.maxFiles && oldest !== undefined) this.#files.delete(oldest);
    return kept;
  }

  find(id: string): MediaFile | undefined {
    return this.#files.get(id);
  }

  /** Forgets a file, as Meta does after a while. */
  remove(id: string): boolean {
    return this.#files.delete(id);
  }

  /** What Meta tells of a file; its address is good for a while, and for the token's bearer alone. */
  resource({ id, mimeType, content }: MediaFile, origin: string): Record<string, unknown> {
    const url = new URL(LOOKASIDE, origin);
    url.searchParams.set('mid', id);
    url.searchParams.set('ext', String(Math.floor((Date.now() + ADDRESS_LIFETIME_MS) / 1000)));
    url.searchParams.set('hash', sha256(content).toString('base64url').slice(0, 24));
    return {
      messaging_product: 'whatsapp',
      url: url.href,
      mime_type: mimeType,
      sha256: sha256(content).toString('hex'),
      file_size: content.length,
      id,
    };
  }

  /** Answers with the file that an address of {@link resource} names; false when it names none of these accounts, or no more. */
  serve(response: ServerResponse, { searchParams }: URL, accountIds: readonly string[]): boolean {
    const file = this.#files.get(searchParams.get('mid') ?? '');
    const isFresh = Number(searchParams.get('ext')) * 1000 > Date.now();
    if (!file || !isFresh || !accountIds.includes(file.accountId)) return false;
    const { content, mimeType } = file;
    response.writeHead(200, { 'Content-Type': mimeType, 'Content-Length': content.length }).end(content);
    return true;
  }
}

/** A file as a webhook names it: there the hash is in base64. */
export function mediaOfWebhook({ id, mimeType, content }: MediaFile): Record<string, unknown> {
  return { mime_type: mimeType, sha256: sha256(content).toString('base64'), id };
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
