import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import type { SentMessage } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import { isUnknown } from '../domain/message-progress';
import { matchSent } from '../domain/sent-message-match';
import { MessageReports } from './message-reports';
import { UnknownSends } from './unknown-sends';

/** Finds a message whose answer was lost among those that the provider has. */
@Injectable()
export class MatchLostMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
    private readonly unknown: UnknownSends,
    private readonly clock: Clock,
  ) {}

  /**
   * `look` counts the looks before this one. Throws a unique violation when a callback gives what was found to another
   * message at this moment; the job then looks again.
   */
  async execute(messageId: Uuid, sent: readonly SentMessage[], look: number): Promise<void> {
    const message = await this.messages.lock(messageId);
    if (!message || !isUnknown(message)) return;
    const taken = await this.messages.taken(sent.map(({ providerMessageId }) => providerMessageId));
    const found = matchSent(message.body, sent, taken);
    if (!found) return this.unknown.lookAgain(message, look + 1);
    const report = { ...found, errorCode: found.errorCode ?? null };
    await this.reports.apply(message, report, this.clock.now());
  }
}
