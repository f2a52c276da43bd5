import { Global, Module } from '@nestjs/common';
import { KeyManagement, LocalKeyManagement } from './key-management';
import { Vault } from './vault';

@Global()
@Module({
  providers: [{ provide: KeyManagement, useClass: LocalKeyManagement }, Vault],
  exports: [KeyManagement, Vault],
})
export class CryptoModule {}
