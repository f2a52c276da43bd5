import type { Uuid } from '../../../common/context';
import type { AttachedFile } from './media-file';
import { MediaNotSendable } from './media-errors';

const MB = 1_048_576;

interface Carriage {
  readonly files: number;
  /** Bytes of one file of this type; undefined: it is not carried. */
  readonly bytesOf: (type: string) => number | undefined;
  /** Bytes of all together. */
  readonly bytes: number;
}

/** What WhatsApp takes as an image; of others it takes none. */
const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png']);

/**
 * What a channel carries of what is stored.
 * https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
 * https://www.twilio.com/docs/messaging/guides/accepted-mime-types
 */
const CARRIAGE: Readonly<Record<'whatsapp' | 'sms' | 'voice', Carriage>> = {
  whatsapp: {
    files: 1,
    bytesOf: (type) => (type.startsWith('image/') ? (PICTURES.has(type) ? 5 * MB : undefined) : 16 * MB),
    bytes: 16 * MB,
  },
  sms: { files: 10, bytesOf: () => 5 * MB, bytes: 5 * MB },
  voice: { files: 0, bytesOf: () => undefined, bytes: 0 },
};

/** How many files one message may have on any channel. */
export const MOST_FILES = 10;

/** Throws {@link MediaNotSendable} for the first file that the channel does not carry. */
export function checkCarriage(channel: keyof typeof CARRIAGE, files: readonly AttachedFile[]): void {
  const { files: most, bytesOf, bytes } = CARRIAGE[channel];
  if (files.length > most)
    throw new MediaNotSendable('mediaIds', 'too_many', `a message on ${channel} carries ${most} at most`);
  let total = 0;
  files.forEach(({ contentType, size }, i) => {
    const field = `mediaIds.${i}`;
    const limit = bytesOf(contentType);
    if (limit === undefined)
      throw new MediaNotSendable(field, 'type_not_carried', `${channel} does not carry ${contentType}`);
    total += size;
    if (size > limit || total > bytes)
      throw new MediaNotSendable(
        field,
        'too_large',
        `${channel} carries ${Math.min(limit, bytes) / MB} MB of ${contentType}`,
      );
  });
}

/** Characters of a text that goes with a file; of a voice message none are read. Where a provider says nothing, as many as of a text. */
const CAPTIONS: ReadonlyMap<string, number> = new Map([['whatsapp_cloud', 1024]]);

/** Throws {@link MediaNotSendable} when the provider would not show the text beside these files. */
export function checkCaption(provider: string, text: string, files: readonly AttachedFile[]): void {
  const most = CAPTIONS.get(provider);
  if (most === undefined || text === '' || files.length === 0) return;
  if (files.some(({ contentType }) => contentType.startsWith('audio/')))
    throw new MediaNotSendable('text', 'not_carried', 'no text is shown beside a sound: send it by itself');
  if (Array.from(text).length > most)
    throw new MediaNotSendable('text', 'too_long', `beside a file a text takes at most ${most} characters`);
}

/** Throws {@link MediaNotSendable} when one stands there twice. */
export function checkDistinct(ids: readonly Uuid[]): void {
  const twice = ids.findIndex((id, i) => ids.indexOf(id) !== i);
  if (twice >= 0) throw new MediaNotSendable(`mediaIds.${twice}`, 'twice', 'each file goes once');
}
