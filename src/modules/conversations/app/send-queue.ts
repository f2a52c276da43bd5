import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue, type OrgJobPayload } from '../../../common/jobs';
import { Clock } from '../../../common/time/clock';
import { SendTiming } from './send-timing';

export const SEND_MESSAGE = 'conversations.send-message';
export const RESOLVE_UNKNOWN = 'conversations.resolve-unknown';

export interface SendMessagePayload extends OrgJobPayload {
  readonly messageId: Uuid;
}

export interface ResolveUnknownPayload extends SendMessagePayload {
  /** How many looks came before. */
  readonly look: number;
}

/** Which message, and whose turn it is. */
interface Queued {
  readonly id: Uuid;
  readonly conversationId: Uuid;
}

/** Queues what is done about outgoing messages: one thread's jobs never run at the same time. */
@Injectable()
export class SendQueue {
  constructor(
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    private readonly timing: SendTiming,
  ) {}

  /** The message is sent as soon as its thread's turn comes, but not before `delayMs` have passed. */
  send({ id, conversationId }: Queued, delayMs = 0): Promise<void> {
    return this.queue.enqueue(
      SEND_MESSAGE,
      { messageId: id },
      { serial: conversationId, ...this.after(delayMs) },
    );
  }

  /** The provider is asked for the message. False when it was asked often enough. */
  async lookUp({ id, conversationId }: Queued, look: number): Promise<boolean> {
    const delayMs = this.timing.lookMs[look];
    if (delayMs === undefined) return false;
    const payload = { messageId: id, look };
    await this.queue.enqueue(RESOLVE_UNKNOWN, payload, { serial: conversationId, ...this.after(delayMs) });
    return true;
  }

  private after(delayMs: number): { runAt?: Date } {
    return delayMs > 0 ? { runAt: new Date(this.clock.now().getTime() + delayMs) } : {};
  }
}
