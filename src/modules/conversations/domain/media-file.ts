import type { Uuid } from '../../../common/context';

/** `refused`: it is not taken. `failed`: it could not be had. Both say why. */
export const MEDIA_STATUSES = ['pending', 'stored', 'refused', 'failed'] as const;
export type MediaStatus = (typeof MEDIA_STATUSES)[number];

/** How long an uploaded file waits to be sent. */
export const UNSENT_MS = 24 * 60 * 60 * 1000;

/** What is known of a file once it is stored. */
export interface StoredFile {
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
}

/** A file as a message refers to it. */
export interface AttachedFile extends StoredFile {
  readonly id: Uuid;
}

const NAME_LENGTH = 200;

/** A file name as it is kept: its last part alone, without what a file system or a header would stumble over; null for none. */
export function fileNameToKeep(given: string | null | undefined): string | null {
  const last =
    (given ?? '')
      .replace(/\p{Cc}|\p{Cs}|["<>|:*?]/gu, '')
      .split(/[/\\]/)
      .at(-1) ?? '';
  const name = last.trim().replace(/^\.+/, '');
  return name === '' ? null : Array.from(name).slice(-NAME_LENGTH).join('');
}
