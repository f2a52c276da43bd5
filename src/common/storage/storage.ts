import type { Readable } from 'node:stream';
import { isUuid, type Uuid } from '../context';

/** What is known of a file before it is stored. */
export interface StoredMeta {
  readonly contentType: string;
  readonly size: number;
}

/** There is nothing under this key. */
export class NothingStored extends Error {
  constructor() {
    super('there is no such file in the storage');
    this.name = 'NothingStored';
  }
}

/** The storage could not be reached or refused. The cause stays behind: it may name buckets, keys and addresses. */
export class StorageFailed extends Error {
  constructor(readonly code: string) {
    super('the storage failed');
    this.name = 'StorageFailed';
  }
}

/** Where files are kept, by a key that is made of ids alone. Calls the network or a disk, so never inside a transaction. */
export abstract class Storage {
  /** Stores a whole file, in the place of one that had the key. A stream that fails leaves what was there before. */
  abstract put(key: string, content: Readable, meta: StoredMeta): Promise<void>;
  /** Throws {@link NothingStored} and {@link StorageFailed}. */
  abstract get(key: string): Promise<Readable>;
  /** Also when there is nothing. */
  abstract delete(key: string): Promise<void>;
}

/** The key of one thing of an organization. */
export function storageKey(orgId: Uuid, id: Uuid): string {
  return `${orgId}/${id}`;
}

/** The parts of a key. Throws for anything that is not made of ids: no key leads out of the storage. */
export function partsOfKey(key: string): readonly [org: Uuid, id: Uuid] {
  const [org, id, ...more] = key.split('/');
  if (!isUuid(org) || !isUuid(id) || more.length > 0) throw new Error('not a key of the storage');
  return [org, id];
}
