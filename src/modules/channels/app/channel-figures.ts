import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import {
  byOrganization,
  ContributesFigures,
  type FiguresSource,
  type OrganizationFigures,
} from '../../tenancy';
import { ChannelTallies } from '../db/channel-tallies.repository';

type Contribution = Pick<OrganizationFigures, 'connections' | 'webhooks'>;

/** What the operator of the installation sees of the pipes: how many numbers, and how deliveries fare, by day. */
@Injectable()
@ContributesFigures()
export class ChannelFigures implements FiguresSource {
  constructor(private readonly tallies: ChannelTallies) {}

  async figuresOf(orgIds: readonly Uuid[], since: string): Promise<Map<Uuid, Contribution>> {
    const [connections, days] = await Promise.all([
      this.tallies.connections(orgIds),
      this.tallies.of(orgIds, since),
    ]);
    const [connected, delivered] = [byOrganization(connections), byOrganization(days)];
    return new Map(
      orgIds.map((orgId) => [
        orgId,
        {
          connections: connected.get(orgId)?.[0] ?? { active: 0, total: 0 },
          webhooks: delivered.get(orgId) ?? [],
        },
      ]),
    );
  }
}
