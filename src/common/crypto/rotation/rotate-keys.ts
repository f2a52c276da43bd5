import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../context';
import { KeyRotation } from './key-rotation';
import { OrganizationKeys } from './organization-keys';

const PAGE = 100;

/** What a run did so far. */
export interface RotationProgress {
  readonly organizations: number;
  /** Data keys that were wrapped by the newest master key. */
  readonly rewrapped: number;
  /** Organizations that got a new data key. */
  readonly renewed: number;
  /** Texts that were sealed again by the newest data key. */
  readonly resealed: number;
  /** Replaced data keys that were removed. */
  readonly dropped: number;
  /** What does not open, each with its organization. Ids alone. */
  readonly failed: readonly string[];
}

export interface RotationOptions {
  /** Organizations whose newest data key is older than this get a new one, whichever master key wraps it. */
  readonly renewMadeBefore?: Date;
  /** Told after each organization. */
  readonly onProgress?: (progress: RotationProgress) => void;
}

/**
 * Exchanges the keys of all organizations, one after the other, while everything else runs: what an older master key wraps
 * gets a new data key, and is sealed again by it.
 */
@Injectable()
export class RotateKeys {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly keys: OrganizationKeys,
  ) {}

  /** What one organization cannot open stops nothing: it is told, and the rest is done. */
  async run({ renewMadeBefore, onProgress }: RotationOptions = {}): Promise<RotationProgress> {
    let progress: RotationProgress = {
      organizations: 0,
      rewrapped: 0,
      renewed: 0,
      resealed: 0,
      dropped: 0,
      failed: [],
    };
    let page: Uuid[] = [];
    do {
      page = await this.keys.organizationsAfter(page.at(-1) ?? null, PAGE);
      for (const orgId of page) {
        progress = added(progress, await this.one(orgId, renewMadeBefore));
        onProgress?.(progress);
      }
    } while (page.length === PAGE);
    return progress;
  }

  private async one(orgId: Uuid, renewMadeBefore: Date | undefined): Promise<RotationProgress> {
    const scope = systemScope(orgId);
    let keys = await this.rotation.keysOf(scope);
    let isRenewed = false;
    if (this.rotation.isDue(keys[0], renewMadeBefore)) {
      isRenewed = await this.rotation.renew(scope, renewMadeBefore);
      keys = await this.rotation.keysOf(scope);
    }
    const rewrapped = await this.rotation.rewrap(scope, keys);
    // A text whose key did not open would be told twice.
    const isReady = keys.length > 1 && rewrapped.failed.length === 0;
    const resealed = isReady ? await this.rotation.reseal(scope) : { done: 0, failed: [] };
    return {
      organizations: 1,
      rewrapped: rewrapped.done,
      renewed: isRenewed ? 1 : 0,
      resealed: resealed.done,
      dropped: isReady ? await this.rotation.dropUnused(scope) : 0,
      failed: [...rewrapped.failed, ...resealed.failed].map((what) => `organization ${orgId}: ${what}`),
    };
  }
}

function added(a: RotationProgress, b: RotationProgress): RotationProgress {
  return {
    organizations: a.organizations + b.organizations,
    rewrapped: a.rewrapped + b.rewrapped,
    renewed: a.renewed + b.renewed,
    resealed: a.resealed + b.resealed,
    dropped: a.dropped + b.dropped,
    failed: [...a.failed, ...b.failed],
  };
}
