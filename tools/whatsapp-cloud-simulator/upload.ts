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

/**
 * The file of an upload: a form with `messaging_product`, `type` and `file`.
 * @throws MetaError for a form that is not that, or a file of a kind or size that Meta does not take
 */
export async function uploadedFile(
  body: Buffer,
  contentType = '',
): Promise<{ content: Buffer; mimeType: string }> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => undefined);
  if (form?.get('messaging_product') !== 'whatsapp') {
    throw new MetaError(400, 100, { message: '(#100) The parameter messaging_product is required.' });
  }
  const file = form.get('file');
  if (file === null || typeof file === 'string')
    throw new MetaError(400, 100, { message: 'No file uploaded' });
  const given = form.get('type');
  const mimeType = typeof given === 'string' && given !== '' ? given : file.type;
  const [, limit] = LIMITS.find(([pattern]) => pattern.test(mimeType)) ?? [];
  if (limit === undefined) {
    const message = `(#100) Param file must be a file of a supported type: Received file of type '${mimeType}'.`;
    throw new MetaError(400, 100, { message });
  }
  if (file.size > limit) throw new MetaError(400, 131052, { details: 'The file is larger than allowed' });
  return { content: Buffer.from(await file.arrayBuffer()), mimeType };
}
