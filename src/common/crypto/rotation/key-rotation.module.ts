import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DropUnusedKeys } from './drop-unused-keys.job';
import { KeyRotation } from './key-rotation';
import { ReadKeyStatus } from './key-status';
import { KeysController } from './keys.controller';
import { OrganizationKeys } from './organization-keys';
import { RotateKeys } from './rotate-keys';
import { SealedColumns } from './sealed-columns';
import { SealedTexts } from './sealed-texts';

/** Exchanges master keys and data keys while everything runs. */
@Module({
  imports: [DiscoveryModule],
  controllers: [KeysController],
  providers: [
    DropUnusedKeys,
    KeyRotation,
    OrganizationKeys,
    ReadKeyStatus,
    RotateKeys,
    SealedColumns,
    SealedTexts,
  ],
})
export class KeyRotationModule {}
