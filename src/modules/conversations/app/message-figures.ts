import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import {
  byOrganization,
  ContributesFigures,
  type FiguresSource,
  type OrganizationFigures,
} from '../../tenancy';
import { MessageTallies } from '../db/message-tallies.repository';

/** What the operator of the installation sees of messages: how many, by day and outcome. */
@Injectable()
@ContributesFigures()
export class MessageFigures implements FiguresSource {
  constructor(private readonly tallies: MessageTallies) {}

  async figuresOf(
    orgIds: readonly Uuid[],
    since: string,
  ): Promise<Map<Uuid, Pick<OrganizationFigures, 'messages'>>> {
    const days = byOrganization(await this.tallies.of(orgIds, since));
    return new Map([...days].map(([orgId, messages]) => [orgId, { messages }]));
  }
}
