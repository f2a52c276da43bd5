import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config';
import { FolderStorage } from './folder-storage';
import { S3Storage } from './s3-storage';
import { Storage } from './storage';

function storageFor({ media: { store } }: Config): Storage {
  return 'bucket' in store ? new S3Storage(store) : new FolderStorage(store.folder);
}

/** Where files are kept: a folder or a bucket, as the configuration says. */
@Global()
@Module({
  providers: [{ provide: Storage, useFactory: storageFor, inject: [Config] }],
  exports: [Storage],
})
export class StorageModule implements OnApplicationShutdown {
  constructor(@Inject(Storage) private readonly storage: Storage) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.storage instanceof S3Storage) await this.storage.close();
  }
}
