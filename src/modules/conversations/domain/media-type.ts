/** Files that are taken, by what they are. Nothing that a browser or a machine would run. */
export const MEDIA_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'audio/ogg',
  'audio/mpeg',
  'audio/mp4',
  'audio/amr',
  'audio/aac',
  'video/mp4',
  'video/3gpp',
  'application/pdf',
  'text/vcard',
  'text/plain',
  'text/csv',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Other names under which the same is sent. */
const ALIASES: Readonly<Record<string, MediaType>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/3gpp': 'video/3gpp',
  'application/ogg': 'audio/ogg',
  'text/x-vcard': 'text/vcard',
  'text/directory': 'text/vcard',
};

/** Says nothing about what it is. */
const UNSAID: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

/** How many of the first bytes tell what a file is. */
export const TELLING_BYTES = 4_096;

/** What is shown in place by a browser without any danger; everything else is saved. */
const SHOWN: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);

/** True for images, which may be shown in a page. */
export function mayBeShown(type: string): boolean {
  return SHOWN.has(type);
}

/** A content type without its parameters, in lower case. */
export function plainType(declared: string | null): string {
  return (declared ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}

/**
 * What a file is: its first bytes decide, and must fit what was declared. `type_not_allowed`: it is nothing that is taken.
 * `type_mismatch`: it is not what it is said to be.
 */
export function settleType(
  head: Buffer,
  declared: string | null,
): MediaType | 'type_not_allowed' | 'type_mismatch' {
  const said = plainType(declared);
  const meant = ALIASES[said] ?? said;
  const possible = typesOf(head);
  const [likely] = possible;
  if (likely === undefined) return 'type_not_allowed';
  if (UNSAID.has(meant)) return likely;
  const fitting = possible.find((type) => type === meant);
  if (fitting) return fitting;
  return isMediaType(meant) ? 'type_mismatch' : 'type_not_allowed';
}

/** True for a type that is taken, under its own name. */
export function isMediaType(type: string): type is MediaType {
  return (MEDIA_TYPES as readonly string[]).includes(type);
}

interface Signature {
  readonly types: readonly MediaType[];
  readonly fits: (head: Buffer) => boolean;
}

const starts = (bytes: string, at = 0) => {
  const expected = Buffer.from(bytes, 'latin1');
  return (head: Buffer): boolean => head.subarray(at, at + expected.length).equals(expected);
};
const mp4 = (brand: RegExp) => (head: Buffer) =>
  starts('ftyp', 4)(head) && brand.test(head.toString('latin1', 8, 12));

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const PPTX = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';

const SIGNATURES: readonly Signature[] = [
  { types: ['image/jpeg'], fits: starts('\xff\xd8\xff') },
  { types: ['image/png'], fits: starts('\x89PNG\r\n\x1a\n') },
  { types: ['image/gif'], fits: (head) => starts('GIF87a')(head) || starts('GIF89a')(head) },
  { types: ['image/webp'], fits: (head) => starts('RIFF')(head) && starts('WEBP', 8)(head) },
  { types: ['audio/ogg'], fits: starts('OggS') },
  { types: ['audio/amr'], fits: starts('#!AMR') },
  { types: ['audio/mpeg'], fits: (head) => starts('ID3')(head) || isFrame(head, 0xe6, 0xe2) },
  { types: ['audio/aac'], fits: (head) => isFrame(head, 0xf6, 0xf0) },
  { types: ['video/3gpp'], fits: mp4(/^3g[a-z0-9]{2}$/) },
  { types: ['audio/mp4'], fits: mp4(/^M4[AB] $/) },
  { types: ['video/mp4', 'audio/mp4'], fits: mp4(/^(isom|iso[2-9]|mp4[12]|avc1|M4V |dash|MSNV|mmp4|f4v )$/) },
  { types: ['application/pdf'], fits: starts('%PDF-') },
  { types: [DOCX, XLSX, PPTX], fits: isOfficeArchive },
  {
    types: ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'],
    fits: starts('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  },
  {
    types: ['text/vcard', 'text/plain'],
    fits: (head) => isText(head) && /^BEGIN:VCARD\r?\n/i.test(textOf(head)),
  },
  { types: ['text/plain', 'text/csv'], fits: isText },
];

/** What a file that begins so can be, the likeliest first. */
function typesOf(head: Buffer): readonly MediaType[] {
  return SIGNATURES.find(({ fits }) => fits(head))?.types ?? [];
}

/** Sound without a header begins with a frame: eleven set bits, then its layer. */
function isFrame(head: Buffer, mask: number, layer: number): boolean {
  const [first, second = 0] = head;
  return head.length > 3 && first === 0xff && (second & mask) === layer;
}

/** Office documents are zips that begin with the list of their parts. */
function isOfficeArchive(head: Buffer): boolean {
  if (!starts('PK\x03\x04')(head)) return false;
  return /^(\[Content_Types\]\.xml|_rels\/|docProps\/|word\/|xl\/|ppt\/)/.test(
    head.toString('latin1', 30, 60),
  );
}

/** What would be run, or shown as a page, although it is text. */
const ACTIVE = /^\s*(<|#!|@echo\b|MZ)/i;

/** UTF-8 without control characters, and no script or markup. A character may be cut at the end of the head. */
function isText(head: Buffer): boolean {
  const text = textOf(head);
  // eslint-disable-next-line no-control-regex -- which ones is the point
  if (head.length === 0 || /[\x00-\x08\x0e-\x1f\x7f]/.test(text)) return false;
  return !text.slice(0, -1).includes('\ufffd') && !ACTIVE.test(text);
}

function textOf(head: Buffer): string {
  return new TextDecoder('utf-8').decode(head, { stream: true });
}
