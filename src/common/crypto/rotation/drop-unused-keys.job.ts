import { Injectable } from '@nestjs/common';
import { systemScope } from '../../context';
import { ScheduledJob, type RunsOnSchedule } from '../../schedule';
import { KeyRotation } from './key-rotation';
import { OrganizationKeys } from './organization-keys';

/**
 * Removes data keys that were replaced and by which nothing is sealed any more. What a request that began before a rotation
 * sealed after it is sealed again first.
 */
@Injectable()
@ScheduledJob({ name: 'common.drop-unused-keys', cron: '41 * * * *' })
export class DropUnusedKeys implements RunsOnSchedule {
  constructor(
    private readonly keys: OrganizationKeys,
    private readonly rotation: KeyRotation,
  ) {}

  async run(): Promise<void> {
    for (const orgId of await this.keys.organizationsWithOldKeys()) {
      const scope = systemScope(orgId);
      await this.rotation.reseal(scope);
      await this.rotation.dropUnused(scope);
    }
  }
}
