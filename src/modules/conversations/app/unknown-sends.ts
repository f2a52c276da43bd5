import { Injectable } from '@nestjs/common';
import { DispatchQueue } from '../db/dispatch-queue.repository';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { SendQueue } from './send-queue';

/** Messages of which nobody knows whether the provider has them. */
@Injectable()
export class UnknownSends {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly dispatch: DispatchQueue,
  ) {}

  /** Of what a run that died was handing over nobody knows whether the provider has it, so it is not sent again. */
  async leftBehind(dispatchId: string): Promise<void> {
    for (const message of await this.dispatch.leftBehind(dispatchId)) await this.begin(message);
  }

  /** Says so, and has the provider asked. A callback may be faster. */
  async begin(message: OutgoingMessage): Promise<void> {
    await this.messages.saveProgress(message.id, {
      status: 'unknown',
      providerMessageId: null,
      errorCode: null,
    });
    await this.lookAgain(message, 0);
  }

  /** Asks again later; after the last look the message counts as never accepted, and whoever wrote it may write again. */
  async lookAgain(message: OutgoingMessage, look: number): Promise<void> {
    if (await this.queue.lookUp(message, look)) return;
    await this.messages.fail(message.id, 'not_accepted');
  }
}
