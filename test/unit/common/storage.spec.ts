import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';
import { newId } from '../../../src/common/context';
import { spooled } from '../../../src/common/storage';
import { FolderStorage } from '../../../src/common/storage/folder-storage';
import { S3Storage } from '../../../src/common/storage/s3-storage';
import { NothingStored, storageKey, StorageFailed, type Storage } from '../../../src/common/storage/storage';

const BUCKET = 'media';
let folder: string;
let s3: S3rver;
let endpoint: string;
const buckets: S3Storage[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frontdesk-storage-'));
  s3 = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { port } = await s3.run();
  endpoint = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  for (const bucket of buckets) await bucket.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

function aBucket(bucket = BUCKET, at = endpoint): S3Storage {
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const storage = new S3Storage({ bucket, endpoint: at, region: 'us-east-1', credentials });
  buckets.push(storage);
  return storage;
}

const key = () => storageKey(newId(), newId());
const file = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
const meta = (content: Buffer) => ({ contentType: 'image/png', size: content.length });
const stream = (content: Buffer) => Readable.from([content.subarray(0, 100_000), content.subarray(100_000)]);
const kinds: [string, () => Storage][] = [
  ['a folder', () => new FolderStorage(join(folder, 'media'))],
  ['a bucket', () => aBucket()],
];

describe.each(kinds)('%s', (_, make) => {
  it('gives back what was put there, byte for byte', async () => {
    const [storage, at] = [make(), key()];
    await storage.put(at, stream(file), meta(file));
    expect((await buffer(await storage.get(at))).equals(file)).toBe(true);
  });

  it('keeps the last of two under one key', async () => {
    const [storage, at, other] = [make(), key(), Buffer.from('another')];
    await storage.put(at, stream(file), meta(file));
    await storage.put(at, stream(other), meta(other));
    expect((await buffer(await storage.get(at))).toString()).toBe('another');
  });

  it('has nothing that was deleted, and does not mind being told twice', async () => {
    const [storage, at] = [make(), key()];
    await storage.put(at, stream(file), meta(file));
    await storage.delete(at);
    await storage.delete(at);
    await expect(storage.get(at)).rejects.toBeInstanceOf(NothingStored);
  });

  it.each([
    '../../etc/passwd',
    '..',
    'a/b',
    `${newId()}/../${newId()}`,
    `${newId()}/${newId()}/x`,
    '',
    '/etc/passwd',
  ])('has no key %j', async (at) => {
    const storage = make();
    for (const use of [
      () => storage.put(at, stream(file), meta(file)),
      () => storage.get(at),
      () => storage.delete(at),
    ])
      await expect(use()).rejects.toThrow('not a key of the storage');
  });
});

describe('a folder', () => {
  it('keeps what was there when a new content breaks off', async () => {
    const [storage, at] = [new FolderStorage(join(folder, 'media')), key()];
    await storage.put(at, stream(file));
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(1_000);
        throw new Error('broken off');
      })(),
    );
    await expect(storage.put(at, broken)).rejects.toThrow();
    expect((await buffer(await storage.get(at))).equals(file)).toBe(true);
  });

  it('is its owner’s alone, and holds no drafts', async () => {
    const root = join(folder, 'own');
    const storage = new FolderStorage(root);
    const at = key();
    await storage.put(at, stream(file));
    expect((await stat(join(root, at))).mode & 0o777).toBe(0o600);
    expect((await stat(join(root, at.split('/')[0]!))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(root, at.split('/')[0]!))).toEqual([at.split('/')[1]]);
  });

  it('that cannot be written says so without its path', async () => {
    const storage = new FolderStorage('/dev/null/media');
    const error: unknown = await storage.put(key(), stream(file)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StorageFailed);
    expect(JSON.stringify([String(error), error])).not.toContain('/dev/null');
  });
});

describe('a bucket', () => {
  it('that is not there, or does not answer, fails by a name and nothing else', async () => {
    for (const storage of [aBucket('no-such-bucket'), aBucket(BUCKET, 'http://127.0.0.1:9')]) {
      const error: unknown = await storage.put(key(), stream(file), meta(file)).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(StorageFailed);
      expect(JSON.stringify([String(error), error])).not.toMatch(/no-such-bucket|127\.0\.0\.1/);
    }
  });
});

describe('a file on its way', () => {
  it('is whole before it is used, and known', async () => {
    const seen = await spooled(
      stream(file),
      { maxBytes: 1e6, headBytes: 10 },
      async ({ head, size, read }) => ({
        head: [...head],
        size,
        same: (await buffer(read())).equals(file),
      }),
    );
    expect(seen).toEqual({ head: [...file.subarray(0, 10)], size: file.length, same: true });
  });

  it('is whole although the disk takes it in parts', async () => {
    const probe = await open(join(folder, 'probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as { write: (...args: unknown[]) => Promise<unknown> };
    await probe.close();
    const { write } = handles;
    const parts = jest.spyOn(handles, 'write').mockImplementation(function (this: unknown, ...args) {
      const [piece, from, length, at] = args as [Buffer, number, number, number];
      return write.call(this, piece, from, Math.min(length, 40_000), at);
    });
    try {
      const bounds = { maxBytes: 1e6, headBytes: 10 };
      const kept = await spooled(stream(file), bounds, ({ read }) => buffer(read()));
      expect(kept.equals(file)).toBe(true);
    } finally {
      parts.mockRestore();
    }
  });

  it('has no name: nothing is left of it, not even while it is used', async () => {
    const names = async () =>
      (await readdir(tmpdir())).filter((name) => /^frontdesk-[0-9a-f-]{36}$/.test(name));
    const before = await names();
    await spooled(stream(file), { maxBytes: 1e6, headBytes: 10 }, async () =>
      expect(await names()).toEqual(before),
    );
  });
});
