export { CannotDecrypt } from './cipher';
export { CryptoModule } from './crypto.module';
export { constantTimeEqual, sha256 } from './digest';
export { KeyManagement, type WrappedKey } from './key-management';
export { Vault, type Place, type Sealed } from './vault';
