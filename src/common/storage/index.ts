export { NothingStored, Storage, storageKey, StorageFailed, type StoredMeta } from './storage';
export { StorageModule } from './storage.module';
export { spooled, SpoolTooLarge, type Spooled } from './spool';
