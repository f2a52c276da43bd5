import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { ParkedDeliveries, type ParkedRow } from '../../db/shared-numbers/parked-deliveries.repository';
import { ParkedDeliveryNotFound } from '../../domain/shared-number-errors';
import type { ParkedReason, ParkedState } from '../../domain/shared-routing';

/** A parked message, as the operator sees it: not who wrote it, and not what. */
export interface ParkedDeliveryView {
  readonly id: Uuid;
  readonly sharedNumberId: Uuid;
  /** Enough to know it again by, when somebody asks for it. Null once it is settled. */
  readonly sender: string | null;
  readonly state: ParkedState;
  readonly reason: ParkedReason;
  readonly receivedAt: Date;
  readonly organizationId: Uuid | null;
  readonly settledAt: Date | null;
}

/** What is parked, in the transaction at hand. */
@Injectable()
export class ReadParkedDeliveries {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly parked: ParkedDeliveries,
  ) {}

  /** One page, newest first. */
  async page(
    state: ParkedState | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<ParkedDeliveryView>> {
    const page = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['parked-deliveries', state],
      limit,
      cursor,
      read: (after, count) => this.parked.list(state ?? null, count, after?.[1] ?? null),
      position: ({ id }) => ['', id],
    });
    return { ...page, items: page.items.map(viewOf) };
  }

  /** Throws `ParkedDeliveryNotFound`. */
  async one(id: Uuid): Promise<ParkedDeliveryView> {
    const row = await this.parked.find(id);
    if (!row) throw new ParkedDeliveryNotFound();
    return viewOf(row);
  }
}

function viewOf(row: ParkedRow): ParkedDeliveryView {
  const { id, connectionId, address, state, reason, receivedAt, assignedOrgId, settledAt } = row;
  return {
    id,
    sharedNumberId: connectionId,
    sender: address === null ? null : masked(address),
    ...{ state, reason, receivedAt },
    organizationId: assignedOrgId,
    settledAt,
  };
}

/** The last three figures, as many as a customer may be asked for. */
function masked(address: string): string {
  return `•••${address.slice(-3)}`;
}
