import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { MessagesRepository } from '../db/messages.repository';
import { MessageNotCancelable, MessageNotFound } from '../domain/errors';
import { isWaiting } from '../domain/message-progress';
import { SendQueue } from './send-queue';

/** Takes back a message that was not handed over yet. */
@Injectable()
export class CancelMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
  ) {}

  /** Nothing happens to one that is canceled already. Throws `MessageNotFound` and `MessageNotCancelable`. */
  async execute(id: Uuid): Promise<void> {
    const message = await this.messages.lockWithThread(id);
    if (!message) throw new MessageNotFound();
    if (message.status === 'canceled') return;
    if (!isWaiting(message)) throw new MessageNotCancelable();
    await this.messages.saveProgress(id, {
      status: 'canceled',
      providerMessageId: null,
      errorCode: 'canceled',
    });
    // What waited behind it has its turn now.
    if (message.status === 'queued' && message.connectionId) await this.queue.dispatch(message.connectionId);
  }
}
