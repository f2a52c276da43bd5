import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { newId } from '../context';

/** A whole file, on the disk of this process and nowhere else. */
export interface Spooled {
  readonly size: number;
  readonly sha256: string;
  /** Its first bytes, as many as were asked for. */
  readonly head: Buffer;
  read(): Readable;
}

/** The content was longer than allowed. */
export class SpoolTooLarge extends Error {
  constructor() {
    super('longer than allowed');
    this.name = 'SpoolTooLarge';
  }
}

/**
 * Writes a stream to a file that has no name, hands it to `use` once it is whole, and gives it up. However large it is, a few
 * pieces are in memory; when the process dies, nothing is left. Errors of the stream come through; throws
 * {@link SpoolTooLarge}.
 */
export async function spooled<T>(
  content: Readable,
  { maxBytes, headBytes }: { maxBytes: number; headBytes: number },
  use: (file: Spooled) => Promise<T>,
): Promise<T> {
  const file = await nameless();
  try {
    return await use(await filled(file, content, maxBytes, headBytes));
  } finally {
    await file.close();
  }
}

async function nameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `frontdesk-${newId()}`);
  const file = await open(path, 'wx+', 0o600);
  // It goes on being there for whoever has it open.
  await rm(path, { force: true });
  return file;
}

async function filled(
  file: FileHandle,
  content: Readable,
  maxBytes: number,
  headBytes: number,
): Promise<Spooled> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let size = 0;
  // An upload goes on to be read, or closed, by whoever answers it.
  for await (const part of content.iterator({ destroyOnReturn: false })) {
    const piece = part as Buffer;
    if (size + piece.length > maxBytes) throw new SpoolTooLarge();
    hash.update(piece);
    if (head.length < headBytes) head = Buffer.concat([head, piece.subarray(0, headBytes - head.length)]);
    await writeWhole(file, piece, size);
    size += piece.length;
  }
  const read = (): Readable => file.createReadStream({ start: 0, autoClose: false });
  return { size, sha256: hash.digest('hex'), head, read };
}

/** A disk that is about to be full takes a part of a piece without an error. */
async function writeWhole(file: FileHandle, piece: Buffer, at: number): Promise<void> {
  let done = 0;
  while (done < piece.length)
    done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten;
}
