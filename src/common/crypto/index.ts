export { CannotDecrypt } from './cipher';
export { CryptoModule } from './crypto.module';
export { constantTimeEqual, sha256 } from './digest';
export { Seals, type SealedColumn, type SealsTexts } from './rotation/sealed-columns';
export { KeyManagement, type WrappedKey } from './key-management';
export { Vault, type Place, type Sealed } from './vault';
