import type { Readable } from 'node:stream';
import type { EncodingDetector } from '../../../common/csv';
import { ImportFileTooLarge, ImportUploadBroken } from '../domain/import-errors';

const PIECE = 1_048_576;

/**
 * A stream in pieces of 1 MiB, the last one shorter. It is read as fast as the pieces are taken. Throws
 * {@link ImportFileTooLarge}, and {@link ImportUploadBroken} when the sender goes away.
 */
export async function* inPieces(bytes: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  let total = 0;
  for await (const part of unbroken(bytes)) {
    total += part.length;
    if (total > maxBytes) throw new ImportFileTooLarge(maxBytes);
    parts.push(part);
    length += part.length;
    if (length < PIECE) continue;
    const whole = Buffer.concat(parts);
    for (let at = 0; at + PIECE <= length; at += PIECE) yield whole.subarray(at, at + PIECE);
    const rest = length % PIECE;
    parts = rest > 0 ? [Buffer.from(whole.subarray(length - rest))] : [];
    length = rest;
  }
  if (length > 0) yield Buffer.concat(parts);
}

/** The same pieces; each is shown to `detector` as it passes. */
export async function* watched(
  pieces: AsyncIterable<Buffer>,
  detector: EncodingDetector,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    detector.push(piece);
    yield piece;
  }
}

async function* unbroken(bytes: Readable): AsyncGenerator<Buffer> {
  try {
    // The request goes on to be read, or closed, by whoever answers it.
    for await (const part of bytes.iterator({ destroyOnReturn: false })) yield part as Buffer;
  } catch {
    throw new ImportUploadBroken();
  }
}
