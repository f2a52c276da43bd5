import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver } from '../domain/message-progress';
import { ReplyCheck } from './reply-check';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';
import { UnknownSends } from './unknown-sends';

/** What is to be handed to the provider, under the number of this attempt. */
export interface ClaimedMessage {
  readonly messageId: Uuid;
  readonly connectionId: Uuid;
  readonly to: string;
  readonly body: string;
  readonly attempt: number;
}

/** Takes a waiting message for sending, after asking once more whether it may be sent. */
@Injectable()
export class ClaimMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly check: ReplyCheck,
    private readonly unknown: UnknownSends,
    private readonly queue: SendQueue,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** Undefined when there is nothing to hand over: it was refused, is not its turn, or was begun before. */
  async execute(messageId: Uuid): Promise<ClaimedMessage | undefined> {
    const message = await this.messages.lock(messageId);
    if (!message) return undefined;
    // An attempt that died: nobody knows whether the provider has it, so it is not sent again.
    if (isInHandOver(message)) await this.unknown.begin(message);
    if (message.status !== 'queued' || !(await this.takeTurn(message))) return undefined;
    const { connectionId, to, body, sessionWindowEndsAt } = message;
    const refusal = await this.check.refusal(
      { connectionId, contactAddress: to, sessionWindowEndsAt },
      { regardlessOfConsent: message.purpose === 'consent_reply' },
    );
    if (refusal !== null || connectionId === null) {
      await this.messages.saveProgress(messageId, {
        status: 'failed',
        providerMessageId: null,
        errorCode: refusal,
      });
      return undefined;
    }
    const attempt = await this.messages.beginAttempt(messageId, this.clock.now());
    return { messageId, connectionId, to, body, attempt };
  }

  /**
   * False while an earlier message of the thread waits to be offered again: people read in order. The next one, which may
   * have found this one waiting, is told that its turn comes.
   */
  private async takeTurn({ id, conversationId, purpose, createdAt }: OutgoingMessage): Promise<boolean> {
    // That their word was obeyed is told at once.
    if (purpose === 'consent_reply') return true;
    const since = Math.min(this.clock.now().getTime() - this.timing.maxAgeMs, createdAt.getTime());
    const [first, next] = await this.messages.waiting(conversationId, new Date(since));
    if (first !== id) return false;
    if (next) await this.queue.send({ id: next, conversationId });
    return true;
  }
}
