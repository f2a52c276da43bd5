import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { ConnectionPaces, type PaceRow } from '../db/connection-paces.repository';
import { blocked, freeAt, freeSlots, refilled } from '../domain/pace';

/** What may be sent over a connection now; held until the transaction ends. */
export interface SendSlots {
  readonly free: number;
  /** So many belong to the staff's replies alone, where there is more than one: a bulk send never takes the last. */
  readonly keptForReplies: number;
  /** When so many are free at the earliest. */
  freeAt(slots: number): Date;
  /** So many are sent now. */
  spend(slots: number): Promise<void>;
}

/**
 * The pace of connections: each sends at most so many messages in a second, over all processes, and nothing while its provider
 * wants nothing. In the transaction at hand.
 */
@Injectable()
export class SendPace {
  constructor(
    private readonly paces: ConnectionPaces,
    private readonly clock: Clock,
  ) {}

  /** Who else sends over this connection waits until the transaction ends. Undefined when the connection is gone. */
  async open(connectionId: Uuid): Promise<SendSlots | undefined> {
    const pace = await this.now(connectionId);
    if (!pace) return undefined;
    return {
      free: freeSlots(pace),
      keptForReplies: pace.perSecond > 4 ? 1 : 0,
      freeAt: (slots) => freeAt(pace, pace.perSecond, slots),
      spend: (slots) => this.paces.save(connectionId, { ...pace, available: pace.available - slots }),
    };
  }

  /** The provider wants no more for a while: `afterSeconds` when it says for how long, else from `firstMs` on, doubling. */
  async block(connectionId: Uuid, firstMs: number, afterSeconds?: number): Promise<void> {
    const pace = await this.now(connectionId);
    if (pace) await this.paces.save(connectionId, blocked(pace, this.clock.now(), firstMs, afterSeconds));
  }

  /** The provider took a message. */
  unblock(connectionId: Uuid): Promise<void> {
    return this.paces.unblock(connectionId);
  }

  private async now(connectionId: Uuid): Promise<PaceRow | undefined> {
    const now = this.clock.now();
    const pace = await this.paces.lock(connectionId, now);
    return pace && { ...pace, ...refilled(pace, pace.perSecond, now) };
  }
}
