import { mayBeShown } from '../domain/media-type';

/**
 * How a file that a stranger sent is handed to a browser: as what it is and nothing else, in a box where nothing runs. Its
 * link is the right, so pages of other origins may show it.
 */
export function contentHeaders(file: {
  readonly contentType: string;
  readonly size: number;
  readonly fileName: string | null;
}): Record<string, string> {
  return {
    'content-type': file.contentType.startsWith('text/')
      ? `${file.contentType}; charset=utf-8`
      : file.contentType,
    'content-length': String(file.size),
    'content-disposition': disposition(file.contentType, file.fileName),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'private, max-age=300',
    'referrer-policy': 'no-referrer',
  };
}

/** RFC 6266, with the name in the form of RFC 8187. */
function disposition(type: string, name: string | null): string {
  const kind = mayBeShown(type) ? 'inline' : 'attachment';
  if (name === null) return kind;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename*=UTF-8''${encoded}`;
}
