import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { PlatformRepository } from '../../db/platform.repository';
import { Figures } from './figures';
import type { Use } from './organization-overview';

const DAY = 86_400_000;

/** How much organizations use: what the modules count, and what waits in the queue. */
@Injectable()
export class OrganizationUse {
  constructor(
    private readonly platform: PlatformRepository,
    private readonly figures: Figures,
    private readonly clock: Clock,
  ) {}

  /** `days` back from today, which counts. */
  async of(ids: readonly Uuid[], days: number): Promise<(orgId: Uuid) => Use> {
    const since = new Date(this.clock.now().getTime() - (days - 1) * DAY).toISOString().slice(0, 10);
    const [figures, jobs] = await Promise.all([this.figures.of(ids, since), this.platform.jobs(ids)]);
    return (orgId) => ({ figures: figures(orgId), jobs: jobs.get(orgId) });
  }
}
