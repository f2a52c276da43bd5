import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock';
import { MessagesRepository, type MessageProgress } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver, isUnknown } from '../domain/message-progress';
import { MessageReports } from './message-reports';
import { errorCodeOf, INVALID_NUMBER } from './provider-report';
import { Retries } from './retries';
import { SendEffects } from './send-effects';
import { UnreachableNumbers } from './unreachable-numbers';
import type { SendResult } from './send-result';

/** Records what became of attempts to send, together. */
@Injectable()
export class RecordSendOutcomes {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
    private readonly retries: Retries,
    private readonly unreachable: UnreachableNumbers,
    private readonly effects: SendEffects,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing of a message of which a later attempt was begun, or of which a callback told already that the provider has it. */
  async execute(results: readonly SendResult[]): Promise<void> {
    const now = this.clock.now();
    const locked = await this.messages.lockAll(results.map(({ messageId }) => messageId));
    const byId = new Map(locked.map((message) => [message.id, message]));
    const pairs = results.flatMap(({ messageId, attempt, outcome }) => {
      const message = byId.get(messageId);
      return message?.attempt === attempt ? [{ message, outcome }] : [];
    });
    const accepted = pairs.flatMap(({ message, outcome }) =>
      outcome.kind === 'accepted' ? [{ message, report: { ...outcome, refusal: null } }] : [],
    );
    await this.reports.applyAll(accepted, 'answer', now);
    const open = pairs.filter(
      ({ message, outcome }) => outcome.kind !== 'accepted' && (isInHandOver(message) || isUnknown(message)),
    );
    await this.messages.saveAll(open.flatMap(({ message, outcome }) => this.after(message, outcome, now)));
    await this.unreachable.note(
      open.flatMap(({ message, outcome }) =>
        outcome.kind === 'refused' && outcome.code === INVALID_NUMBER ? [message] : [],
      ),
    );
    for (const { message, outcome } of open) await this.effects.of(message, outcome);
    if (accepted[0]) await this.effects.flows(accepted[0].message);
  }

  private after(message: OutgoingMessage, outcome: SendResult['outcome'], now: Date): MessageProgress[] {
    const unsent = { id: message.id, providerMessageId: null, errorCode: null };
    switch (outcome.kind) {
      case 'refused':
        return [{ ...unsent, status: 'failed', errorCode: errorCodeOf(outcome) }];
      case 'retry':
        return [{ ...unsent, ...this.retries.after(message, outcome, now) }];
      case 'not_tried':
        return [{ ...unsent, status: 'queued' }];
      case 'unknown':
        return isInHandOver(message) ? [{ ...unsent, status: 'unknown' }] : [];
      case 'accepted':
        return [];
    }
  }
}
