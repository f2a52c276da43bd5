import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '../context';
import { NothingStored, partsOfKey, Storage, StorageFailed } from './storage';

/**
 * A folder, with one for each organization in it. A file is there whole or not at all, survives the machine's fall, and is
 * readable by its owner alone.
 */
export class FolderStorage extends Storage {
  constructor(private readonly folder: string) {
    super();
  }

  async put(key: string, content: Readable): Promise<void> {
    const path = this.pathOf(key);
    const draft = `${path}.${newId()}.part`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(failed);
    try {
      const file = await open(draft, 'wx', 0o600);
      await pipeline(content, file.createWriteStream({ flush: true }));
      await rename(draft, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(draft, { force: true });
      failed(error);
    }
  }

  async get(key: string): Promise<Readable> {
    const stream = createReadStream(this.pathOf(key));
    try {
      await once(stream, 'open');
      return stream;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NothingStored();
      return failed(error);
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true }).catch(failed);
  }

  private pathOf(key: string): string {
    return join(this.folder, ...partsOfKey(key));
  }
}

/** A new name is only safe once the folder is. Not every system can do that. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // Windows opens no folders; the file itself is on the disk.
  } finally {
    await folder?.close();
  }
}

/** Errors of the system name paths; those of the content are its own. */
function failed(error: unknown): never {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined && code !== undefined) throw new StorageFailed(code);
  throw error;
}
