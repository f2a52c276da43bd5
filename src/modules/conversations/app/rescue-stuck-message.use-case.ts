import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver, isUnknown } from '../domain/message-progress';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';
import { UnknownSends } from './unknown-sends';

/** Sets a message going again whose own jobs are gone, or brings it to its end when it is too late for that. */
@Injectable()
export class RescueStuckMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly unknown: UnknownSends,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing when the message has come further in the meantime. */
  async execute(messageId: Uuid): Promise<void> {
    const message = await this.messages.lockWithThread(messageId);
    if (!message) return;
    if (message.status === 'queued') return this.sendOrFail(message);
    if (isInHandOver(message)) return this.judge(message);
    // With the connection the credentials are gone: the provider cannot be asked any more.
    if (!isUnknown(message)) return;
    if (this.isTooLate(message) || message.connectionId === null)
      return this.messages.fail(messageId, 'unresolved');
    return this.queue.lookAtLast(message);
  }

  /** What waits behind it is found with it. */
  private async sendOrFail(message: OutgoingMessage): Promise<void> {
    const { id, connectionId } = message;
    if (connectionId === null) return this.messages.fail(id, 'connection_gone');
    if (this.isTooLate(message)) await this.messages.fail(id, 'not_sent');
    await this.queue.dispatch(connectionId);
  }

  /** Whoever was handing it over died. */
  private async judge(message: OutgoingMessage): Promise<void> {
    const { id, connectionId } = message;
    if (this.isTooLate(message) || connectionId === null) await this.messages.fail(id, 'unresolved');
    else await this.unknown.begin(message);
    if (connectionId !== null) await this.queue.dispatch(connectionId);
  }

  private isTooLate({ attemptedAt, queuedAt }: OutgoingMessage): boolean {
    return this.clock.now().getTime() - (attemptedAt ?? queuedAt).getTime() > this.timing.giveUpAfterMs;
  }
}
