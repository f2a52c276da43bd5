import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver, isUnknown } from '../domain/message-progress';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';
import { Turns } from './turns';

/** Sets a message going again whose own jobs are gone, or brings it to its end when it is too late for that. */
@Injectable()
export class RescueStuckMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly turns: Turns,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing when the message has come further in the meantime. */
  async execute(messageId: Uuid): Promise<void> {
    const message = await this.messages.lockWithThread(messageId);
    if (!message) return;
    if (message.status === 'queued') return this.sendOrFail(message, 'not_sent');
    if (isInHandOver(message)) return this.sendOrFail(message, 'unresolved');
    // With the connection the credentials are gone: the provider cannot be asked any more.
    if (!isUnknown(message)) return;
    if (this.isTooLate(message) || message.connectionId === null)
      return this.messages.fail(messageId, 'unresolved');
    return this.queue.lookAtLast(message);
  }

  private async sendOrFail(message: OutgoingMessage, errorCode: string): Promise<void> {
    if (!this.isTooLate(message)) return this.queue.rescue(message);
    await this.messages.fail(message.id, errorCode);
    await this.turns.pass(message);
  }

  private isTooLate({ attemptedAt, createdAt }: OutgoingMessage): boolean {
    return this.clock.now().getTime() - (attemptedAt ?? createdAt).getTime() > this.timing.giveUpAfterMs;
  }
}
