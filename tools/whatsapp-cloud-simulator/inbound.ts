import { newWamid } from './ids';
import { mediaOfWebhook } from './media';
import type { Store } from './store';
import { inboundMessage, type Happening, type Sender } from './webhook-bodies';

/** A file that a customer sends. */
export interface InboundMedia {
  content: Buffer;
  contentType: string;
  /** Default: what the content type says, `document` where that is none of the others. */
  kind?: 'image' | 'audio' | 'video' | 'document' | 'sticker';
  caption?: string;
  filename?: string;
}

/** What a customer writes to a number. */
export interface InboundInput extends Sender {
  numberId: string;
  /** Default: a new one. Giving a used one delivers that message again. */
  id?: string;
  /** A text, unless `media` or `content` say more. */
  text?: string;
  media?: InboundMedia;
  /** `type` and what belongs to it, as Meta writes them. */
  content?: Record<string, unknown>;
}

/** What Meta tells of it; a file is kept, to be fetched. */
export function written(store: Store, input: InboundInput): Extract<Happening, { message: unknown }> {
  const number = store.number(input.numberId);
  const { id = newWamid(), text = 'Hi', media } = input;
  const content = input.content ??
    (media && mediaContent(store, number.accountId, media)) ?? { type: 'text', text: { body: text } };
  return { number, message: inboundMessage(id, input, content), sender: input };
}

function mediaContent(store: Store, accountId: string, media: InboundMedia): Record<string, unknown> {
  const { content, contentType, caption, filename } = media;
  const type = media.kind ?? kindOf(contentType);
  const file = store.media.put({ accountId, mimeType: contentType, content });
  return {
    type,
    [type]: {
      ...(caption === undefined ? {} : { caption }),
      ...(type === 'document' ? { filename: filename ?? 'document' } : {}),
      ...mediaOfWebhook(file),
      ...(type === 'audio' ? { voice: true } : {}),
      ...(type === 'sticker' ? { animated: false } : {}),
    },
  };
}

function kindOf(contentType: string): NonNullable<InboundMedia['kind']> {
  const [, kind] = /^(image|audio|video)\//.exec(contentType) ?? [];
  return (kind as InboundMedia['kind']) ?? 'document';
}
