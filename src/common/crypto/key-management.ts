import { Injectable } from '@nestjs/common';
import { Config, type MasterKey } from '../config';
import { CannotDecrypt, decrypt, encrypt } from './cipher';

/** A data key as it is stored: only the master key that wrapped it can open it. */
export interface WrappedKey {
  readonly wrappedKey: string;
  readonly masterKeyId: string;
}

/** Port to whatever keeps the master keys. */
export abstract class KeyManagement {
  /** Wraps a data key with the newest master key. `context` is needed again to unwrap. */
  abstract wrap(context: string, dataKey: Buffer): Promise<WrappedKey>;
  /** Throws {@link CannotDecrypt} when the master key is not known any more or the context differs. */
  abstract unwrap(context: string, wrapped: WrappedKey): Promise<Buffer>;
  /** The id of the newest master key, which wraps. */
  abstract newest(): string;
  /** Whether a master key can be used to unwrap. */
  abstract knows(masterKeyId: string): boolean;
}

/** Master keys from the configuration (`MASTER_KEYS`): the first wraps, all unwrap. */
@Injectable()
export class LocalKeyManagement extends KeyManagement {
  constructor(private readonly config: Config) {
    super();
  }

  wrap(context: string, dataKey: Buffer): Promise<WrappedKey> {
    const { id, key } = this.first();
    return Promise.resolve({ wrappedKey: encrypt(key, `${context}|${id}`, dataKey), masterKeyId: id });
  }

  unwrap(context: string, { wrappedKey, masterKeyId }: WrappedKey): Promise<Buffer> {
    const master = this.config.masterKeys.find(({ id }) => id === masterKeyId);
    if (!master) throw new CannotDecrypt();
    return Promise.resolve(decrypt(master.key, `${context}|${masterKeyId}`, wrappedKey));
  }

  newest(): string {
    return this.first().id;
  }

  knows(masterKeyId: string): boolean {
    return this.config.masterKeys.some(({ id }) => id === masterKeyId);
  }

  private first(): MasterKey {
    const [newest] = this.config.masterKeys;
    if (!newest) throw new Error('no master key');
    return newest;
  }
}
