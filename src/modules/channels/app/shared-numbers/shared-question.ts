import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { deliveryOf, ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedSenders, type SharedSender } from '../../db/shared-numbers/shared-senders.repository';
import { ANSWER_HOURS, isQuestionOpen, type Candidate } from '../../domain/shared-routing';

const HOUR = 3_600_000;

/** The job that sends the question. */
export const ASK_SHARED_SENDER = 'channels.ask-shared-sender';

/** As it is queued: the question, and the how manieth it is. */
export interface QueuedQuestion {
  readonly senderId: Uuid;
  readonly timesAsked: number;
}

/** The question which organization a sender means, and what waits for its answer. In the transaction at hand. */
@Injectable()
export class SharedQuestion {
  constructor(
    private readonly senders: SharedSenders,
    private readonly parked: ParkedDeliveries,
    private readonly deliveries: SharedDeliveries,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Once more, where the last one was not answered; or anew, where that is long ago. */
  async ask(sender: SharedSender, options: readonly Candidate[], businessAddress: string): Promise<void> {
    const at = this.clock.now();
    const timesAsked = isQuestionOpen(sender, at) ? sender.timesAsked + 1 : 1;
    const until = new Date(at.getTime() + ANSWER_HOURS * HOUR);
    const asked = { options: options.map(({ orgId }) => orgId), timesAsked, at, until, businessAddress };
    await this.senders.ask(sender.id, asked);
    const question: QueuedQuestion = { senderId: sender.id, timesAsked };
    await this.queue.enqueue(ASK_SHARED_SENDER, question);
  }

  /** What waited goes to whom they mean. What is given to one who does not use the number any more, the operator decides. */
  async answered({ connectionId, address }: SharedSender, chosen: Uuid): Promise<void> {
    const at = this.clock.now();
    await this.senders.choose(connectionId, address, chosen, at);
    for (const row of await this.parked.askedOf(connectionId, address)) {
      const given = await this.deliveries.give(deliveryOf(row), chosen);
      if (given === 'no_member') await this.parked.leaveToOperator([row.id]);
      else await this.parked.settle(row.id, { state: 'assigned', assignedOrgId: chosen }, at);
    }
  }

  /** They did not answer, or cannot be asked: what waited is the operator's to decide. */
  async giveUp({ id, connectionId, address }: SharedSender): Promise<void> {
    await this.senders.giveUp(id);
    const rows = await this.parked.askedOf(connectionId, address);
    await this.parked.leaveToOperator(rows.map((row) => row.id));
  }
}
