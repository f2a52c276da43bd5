import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import {
  deliveryOf,
  ParkedDeliveries,
  type ParkedRow,
} from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedSenders } from '../../db/shared-numbers/shared-senders.repository';
import {
  NotAMemberOfNumber,
  ParkedDeliveryNotFound,
  ParkedDeliverySettled,
} from '../../domain/shared-number-errors';
import { ReadParkedDeliveries, type ParkedDeliveryView } from './read-parked-deliveries.query';

/** What the operator decides about a parked message: whose it is, or that it is nobody's. */
@Injectable()
export class SettleParkedDelivery {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly parked: ParkedDeliveries,
    private readonly deliveries: SharedDeliveries,
    private readonly senders: SharedSenders,
    private readonly read: ReadParkedDeliveries,
    private readonly clock: Clock,
  ) {}

  /**
   * The organization takes it in like any other, and the sender's next messages go there too. Throws `ParkedDeliveryNotFound`,
   * `ParkedDeliverySettled` and `NotAMemberOfNumber`.
   */
  assign(scope: OrgScope, id: Uuid, organizationId: Uuid): Promise<ParkedDeliveryView> {
    return this.settle(scope, id, async (row, address) => {
      const given = await this.deliveries.give(deliveryOf(row), organizationId);
      if (given === 'no_member') throw new NotAMemberOfNumber();
      if (given === 'gone') throw new ParkedDeliverySettled();
      const at = this.clock.now();
      await this.senders.choose(row.connectionId, address, organizationId, at);
      await this.parked.settle(id, { state: 'assigned', assignedOrgId: organizationId }, at);
    });
  }

  /** It is worked off without an effect. Throws `ParkedDeliveryNotFound` and `ParkedDeliverySettled`. */
  discard(scope: OrgScope, id: Uuid): Promise<ParkedDeliveryView> {
    return this.settle(scope, id, async (row) => {
      const at = this.clock.now();
      await this.deliveries.end(deliveryOf(row), at, 'discarded');
      await this.parked.settle(id, { state: 'discarded' }, at);
    });
  }

  private settle(
    scope: OrgScope,
    id: Uuid,
    work: (row: ParkedRow, address: string) => Promise<void>,
  ): Promise<ParkedDeliveryView> {
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const found = await this.parked.find(id);
      if (!found) throw new ParkedDeliveryNotFound();
      // The sender first, as where their messages are routed.
      if (found.address !== null) await this.senders.lock(found.connectionId, found.address);
      const row = await this.parked.find(id, 'FOR UPDATE');
      const address = row?.address ?? null;
      if (!row || address === null) throw new ParkedDeliverySettled();
      await work(row, address);
      return this.read.one(id);
    });
  }
}
