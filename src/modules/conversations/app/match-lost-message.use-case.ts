import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Clock } from '../../../common/time/clock';
import type { SentMessage } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isUnknown, mayBeFound } from '../domain/message-progress';
import { matchSent } from '../domain/sent-message-match';
import { MessageReports } from './message-reports';
import { UnknownSends } from './unknown-sends';
import { VerificationCodes } from './verification/verification-codes';

/** Finds a message whose answer was lost among those that the provider has. */
@Injectable()
export class MatchLostMessage {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
    private readonly unknown: UnknownSends,
    private readonly codes: VerificationCodes,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** `look` counts the looks before this one. */
  async execute(messageId: Uuid, sent: readonly SentMessage[], look: number): Promise<void> {
    const message = await this.messages.lockWithThread(messageId);
    if (!message || !mayBeFound(message)) return;
    // What the provider has may be the other one, whose answer is still under way: this look does not count.
    if (await this.messages.hasTwinInHandOver(message)) return this.again(message, look);
    const taken = await this.messages.taken(sent.map(({ providerMessageId }) => providerMessageId));
    const body = this.codes.told(message, this.database.tx.orgId);
    const found = matchSent({ ...message, body }, sent, taken);
    if (!found) return this.again(message, look + 1);
    await this.reports.apply(message, found, 'look_up', this.clock.now());
  }

  /** One that was given up stays so. */
  private async again(message: OutgoingMessage, look: number): Promise<void> {
    if (isUnknown(message)) await this.unknown.lookAgain(message, look);
  }
}
