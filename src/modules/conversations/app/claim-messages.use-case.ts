import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { SendPace, type SendSlots } from '../../channels';
import { DispatchQueue, LANES, type Moment } from '../db/dispatch-queue.repository';
import type { OutgoingMessage } from '../domain/message';
import { DispatchPlan } from './dispatch-plan';
import type { ClaimedMessage } from './hand-over';
import { AttachedMedia } from './media/attached-media';
import { SendCheck } from './send-check';
import { SendTiming } from './send-timing';

/** Takes waiting messages of a connection for sending, after asking of each once more whether it may be sent. */
@Injectable()
export class ClaimMessages {
  constructor(
    private readonly queue: DispatchQueue,
    private readonly pace: SendPace,
    private readonly check: SendCheck,
    private readonly plan: DispatchPlan,
    private readonly files: AttachedMedia,
    private readonly timing: SendTiming,
  ) {}

  /** Those that are to be handed over now. When there are none, what is left is planned for later. */
  async execute(connectionId: Uuid, dispatchId: string): Promise<ClaimedMessage[]> {
    const slots = await this.pace.open(connectionId);
    const moment = this.plan.moment();
    const due = await this.due(connectionId, slots, moment);
    const sendable = await this.check.sort(connectionId, due, moment.now);
    const taken = await this.queue.take(
      sendable.map(({ id }) => id),
      dispatchId,
      moment,
    );
    if (taken.length === 0) await this.plan.goOn(connectionId, due.length === 0);
    else await slots?.spend(taken.length);
    // In the order of their turns, which the database does not keep: a reply leaves before the bulk messages beside it.
    const attempts = new Map(taken.map(({ id, attempt }) => [id, attempt]));
    const files = await this.files.of(sendable.filter(({ id }) => attempts.has(id)));
    return sendable.flatMap((message) => {
      const attempt = attempts.get(message.id);
      return attempt === undefined
        ? []
        : [{ message, files: files.get(message.id) ?? [], attempt, claimedAt: moment.now }];
    });
  }

  /** Replies first; of bulk messages as many as leave a slot for a reply that comes now, and no more than are bounded to be under way. */
  private async due(
    connectionId: Uuid,
    slots: SendSlots | undefined,
    moment: Moment,
  ): Promise<OutgoingMessage[]> {
    const { batch } = this.timing;
    // Of a connection that is gone everything fails, at no pace.
    const free = Math.min(batch, slots?.free ?? batch);
    const replies = await this.queue.lockDue(connectionId, LANES.replies, free, moment);
    const left = free - replies.length - (slots?.keptForReplies ?? 0);
    if (left < 1) return replies;
    const underWay = await this.queue.bulkUnderWay(connectionId, moment.since);
    const bulk = Math.min(left, batch - underWay);
    return [...replies, ...(await this.queue.lockDue(connectionId, LANES.bulk, bulk, moment))];
  }
}
