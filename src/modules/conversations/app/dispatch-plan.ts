import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { SendPace } from '../../channels';
import { DispatchQueue, LANES, type Moment } from '../db/dispatch-queue.repository';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';

/** Decides when a connection's next messages are handed over. In the transaction at hand. */
@Injectable()
export class DispatchPlan {
  constructor(
    private readonly queue: DispatchQueue,
    private readonly pace: SendPace,
    private readonly jobs: SendQueue,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** Now, and since when what waits stands in the way of what comes after it. */
  moment(): Moment {
    const now = this.clock.now();
    return { now, since: new Date(now.getTime() - this.timing.maxAgeMs) };
  }

  /** Has what is left sent at once, or when it is due. `later`: not at once, since at once nothing could be done. */
  async goOn(connectionId: Uuid, later = false): Promise<void> {
    // Plans are made one after the other, or one that does not see what another waits for would put that off.
    const slots = await this.pace.open(connectionId);
    const { now, since } = this.moment();
    const next = await this.queue.next(connectionId, { now, since });
    if (!next) return;
    const isBulk = next.lane === LANES.bulk[0];
    const kind = isBulk ? 'bulk' : 'replies';
    // Of bulk messages one dispatch at a time goes on: each would be followed by another.
    if (next.at <= now && !later)
      return isBulk ? this.jobs.wake(connectionId, kind) : this.jobs.dispatch(connectionId);
    const free = slots?.freeAt(isBulk ? this.timing.bulkChunk : 1) ?? now;
    const soon = now.getTime() + (later ? this.timing.idleMs : 0);
    const at = Math.max(next.at.getTime(), free.getTime(), soon);
    await this.jobs.wakeAt(connectionId, kind, new Date(at));
  }
}
