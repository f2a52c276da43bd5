import { MetaError } from './errors';

/** What Meta takes, without parameters of the type: images of 5 MB, audio and video of 16, documents of 100, stickers of 0.5. */
const LIMITS: readonly (readonly [RegExp, number])[] = [
  [/^image\/webp$/, 512 * 1024],
  [/^image\/(jpeg|png)$/, 5 * 1024 * 1024],
  [/^audio\/(aac|amr|mpeg|mp4|ogg)$/, 16 * 1024 * 1024],
  [/^video\/(mp4|3gpp)$/, 16 * 1024 * 1024],
  [
    /^(text\/plain|application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\.[\w.]+))$/,
    100 * 1024 * 1024,
  ],
];

/** A field of a form with files. */
interface Part {
  readonly contentType: string | undefined;
  readonly content: Buffer;
}

/** The fields of a `multipart/form-data` body by name; what is no such form has none. */
export function formOf(body: Buffer, contentType = ''): ReadonlyMap<string, Part> {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return new Map();
  // One character for each byte, so that nothing of a file is lost.
  const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`).slice(1, -1);
  return new Map(
    pieces.map((piece) => {
      const end = piece.indexOf('\r\n\r\n');
      const head = piece.slice(0, end);
      const [, name = ''] = /;\s*name="([^"]*)"/i.exec(head) ?? [];
      const [, type] = /^content-type:\s*([^\r]+)/im.exec(head) ?? [];
      return [name, { contentType: type, content: Buffer.from(piece.slice(end + 4), 'latin1') }];
    }),
  );
}

/**
 * The file of an upload: a form with `messaging_product`, `type` and `file`.
 * @throws MetaError for a form that is not that, or a file of a kind or size that Meta does not take
 */
export function uploadedFile(body: Buffer, contentType?: string): { content: Buffer; mimeType: string } {
  const form = formOf(body, contentType);
  const textOf = (name: string): string | undefined => form.get(name)?.content.toString();
  if (textOf('messaging_product') !== 'whatsapp') {
    throw new MetaError(400, 100, { message: '(#100) The parameter messaging_product is required.' });
  }
  const file = form.get('file');
  if (!file) throw new MetaError(400, 100, { message: '(#100) The parameter file is required.' });
  const mimeType = textOf('type') ?? file.contentType ?? '';
  const [, limit] = LIMITS.find(([pattern]) => pattern.test(mimeType.replace(/\s*;.*$/, ''))) ?? [];
  if (limit === undefined) {
    const message = `(#100) Param file must be a file of a supported type: Received file of type '${mimeType}'.`;
    throw new MetaError(400, 100, { message });
  }
  if (file.content.length > limit) throw new MetaError(400, 131052, { details: 'The file is too large' });
  return { content: file.content, mimeType };
}
