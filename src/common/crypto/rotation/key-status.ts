import { Injectable } from '@nestjs/common';
import { KeyManagement } from '../key-management';
import { OrganizationKeys, type MasterKeyFigures } from './organization-keys';

/** A master key, and what it is needed for. */
export interface MasterKeyStatus extends MasterKeyFigures {
  /** The one that wraps. */
  readonly isNewest: boolean;
  /** Whether it is in `MASTER_KEYS`. One that is not, and is needed: its organizations' secrets are lost without it. */
  readonly isKnown: boolean;
  /** Whether data keys are wrapped by it: it may not be removed from `MASTER_KEYS`. */
  readonly isNeeded: boolean;
}

/** How far a rotation is, over the whole installation. */
export interface KeyStatus {
  readonly masterKeys: readonly MasterKeyStatus[];
  /** Data keys that newer ones have replaced, and that are not removed yet. */
  readonly replacedDataKeys: number;
  /** Those of them by which something may still be sealed. */
  readonly sealingDataKeys: number;
  /** Every data key is wrapped by the newest master key, and nothing is sealed by one that was replaced. */
  readonly isComplete: boolean;
}

/** Tells which master keys are still needed. */
@Injectable()
export class ReadKeyStatus {
  constructor(
    private readonly management: KeyManagement,
    private readonly keys: OrganizationKeys,
  ) {}

  async execute(): Promise<KeyStatus> {
    const figures = await this.keys.figures();
    const newest = this.management.newest();
    const unused = { masterKeyId: newest, dataKeys: 0, organizations: 0, replaced: 0, sealing: 0 };
    const all = figures.some(({ masterKeyId }) => masterKeyId === newest) ? figures : [unused, ...figures];
    return {
      masterKeys: all.map((key) => ({
        ...key,
        isNewest: key.masterKeyId === newest,
        isKnown: this.management.knows(key.masterKeyId),
        isNeeded: key.dataKeys > 0,
      })),
      replacedDataKeys: figures.reduce((total, { replaced }) => total + replaced, 0),
      sealingDataKeys: figures.reduce((total, { sealing }) => total + sealing, 0),
      isComplete: figures.every(({ masterKeyId, sealing }) => masterKeyId === newest && sealing === 0),
    };
  }
}
