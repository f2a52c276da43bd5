import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver } from '../domain/message-progress';
import { ReplyCheck } from './reply-check';
import { SendTiming } from './send-timing';
import { Turns } from './turns';
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
    private readonly turns: Turns,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /**
   * Undefined when there is nothing to hand over: it was refused, is not its turn, or was begun before. `again`: the same job
   * ran before, so a hand-over without a result is one that died. So is one that is older than any can be.
   */
  async execute(messageId: Uuid, again: boolean): Promise<ClaimedMessage | undefined> {
    const message = await this.messages.lockWithThread(messageId);
    if (!message) return undefined;
    if (message.status === 'queued') return this.claim(message);
    if (isInHandOver(message)) {
      if (!again && !this.isOver(message)) return undefined;
      // Nobody knows whether the provider has it, so it is not sent again.
      await this.unknown.begin(message);
    }
    await this.turns.pass(message);
    return undefined;
  }

  private isOver({ attemptedAt }: OutgoingMessage): boolean {
    return (
      attemptedAt !== null && this.clock.now().getTime() - attemptedAt.getTime() > this.timing.handOverMs
    );
  }

  private async claim(message: OutgoingMessage): Promise<ClaimedMessage | undefined> {
    if (!(await this.turns.has(message))) return undefined;
    const { id: messageId, connectionId, to, body, sessionWindowEndsAt } = message;
    const refusal = await this.check.refusal(
      { connectionId, contactAddress: to, sessionWindowEndsAt },
      { regardlessOfConsent: message.purpose === 'consent_reply' },
    );
    if (refusal !== null || connectionId === null) {
      await this.messages.fail(messageId, refusal);
      await this.turns.pass(message);
      return undefined;
    }
    const attempt = await this.messages.beginAttempt(messageId, this.clock.now());
    return { messageId, connectionId, to, body, attempt };
  }
}
