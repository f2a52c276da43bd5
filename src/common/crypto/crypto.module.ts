import { Global, Module } from '@nestjs/common';
import { KeyManagement, LocalKeyManagement } from './key-management';
import { Vault } from './vault';

@Global()
@Module({ providers: [{ provide: KeyManagement, useClass: LocalKeyManagement }, Vault], exports: [Vault] })
export class CryptoModule {}
