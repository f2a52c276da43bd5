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

/** Queues what is done about outgoing messages. */
@Injectable()
export class SendQueue {
  constructor(
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    private readonly timing: SendTiming,
  ) {}

  /** The message is sent when its thread's turn comes, but not before `delayMs` have passed. */
  send({ id }: { readonly id: Uuid }, delayMs = 0): Promise<void> {
    return this.queue.enqueue(SEND_MESSAGE, { messageId: id }, this.after(delayMs));
  }

  /** The provider is asked for the message. False when it was asked often enough. */
  async lookUp({ id }: { readonly id: Uuid }, look: number): Promise<boolean> {
    const delayMs = this.timing.lookMs[look];
    if (delayMs === undefined) return false;
    await this.queue.enqueue(RESOLVE_UNKNOWN, { messageId: id, look }, this.after(delayMs));
    return true;
  }

  /**
   * Has an unfinished message sent, or judged, once more: nothing else may be about to do so. While the job of an earlier
   * rescue is there (waiting, running, or dead after all its attempts) no other is queued.
   */
  async rescue({ id }: { readonly id: Uuid }): Promise<void> {
    await this.queue.enqueue(SEND_MESSAGE, { messageId: id }, { key: `send:${id}`, ifPending: 'keep' });
  }

  /** The same for the last look for an unknown message. */
  async lookAtLast({ id }: { readonly id: Uuid }): Promise<void> {
    const payload = { messageId: id, look: this.timing.lookMs.length - 1 };
    await this.queue.enqueue(RESOLVE_UNKNOWN, payload, { key: `resolve:${id}`, ifPending: 'keep' });
  }

  private after(delayMs: number): { runAt?: Date } {
    return delayMs > 0 ? { runAt: new Date(this.clock.now().getTime() + delayMs) } : {};
  }
}
