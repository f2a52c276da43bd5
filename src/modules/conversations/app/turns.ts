import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository, type ThreadHead } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';

/**
 * People read in order, so a thread's replies are handed over one after the other: the first that waits, or is being
 * handed over, has the turn. The table is the queue; whoever asks holds the thread's lock.
 */
@Injectable()
export class Turns {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** True when nothing stands before the message. That a consent word was obeyed is told at once. */
  async has(message: OutgoingMessage): Promise<boolean> {
    return message.purpose === 'consent_reply' || (await this.head(message))?.id === message.id;
  }

  /**
   * The message does not stand in the way any more: the next one is sent. One that was offered before has a job that waits
   * for its time.
   */
  async pass(message: OutgoingMessage): Promise<void> {
    const next = await this.head(message);
    if (next?.status === 'queued' && next.attempt === 0) await this.queue.send({ id: next.id });
  }

  /** What is older than anything that is offered again holds nobody back. */
  private head({ conversationId, createdAt }: OutgoingMessage): Promise<ThreadHead | undefined> {
    const since = Math.min(this.clock.now().getTime() - this.timing.maxAgeMs, createdAt.getTime());
    return this.messages.head(conversationId, new Date(since));
  }
}
