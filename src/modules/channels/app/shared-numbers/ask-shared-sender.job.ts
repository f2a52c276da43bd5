import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type OrgScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { SharedNumbers } from '../../db/shared-numbers/shared-numbers.repository';
import { SharedSenders, type SharedSender } from '../../db/shared-numbers/shared-senders.repository';
import { ProviderUnavailable } from '../../domain/errors';
import { questionFor } from '../../domain/shared-question';
import { isQuestionOpen } from '../../domain/shared-routing';
import { SendThroughConnection } from '../send-through-connection.use-case';
import { ASK_SHARED_SENDER, SharedQuestion, type QueuedQuestion } from './shared-question';

interface Question {
  readonly sender: SharedSender;
  readonly text: string;
}

/**
 * Asks a sender which organization they mean. That it is sent is noted before: a question that may have gone out is not sent again,
 * and whether it did or not, what waits for the answer goes to the operator in time.
 */
@Injectable()
@JobHandler({ name: ASK_SHARED_SENDER, transaction: 'own' })
export class AskSharedSender implements HandlesJob<OrgJobPayload & QueuedQuestion> {
  constructor(
    private readonly database: Database,
    private readonly senders: SharedSenders,
    private readonly numbers: SharedNumbers,
    private readonly sending: SendThroughConnection,
    private readonly question: SharedQuestion,
    private readonly clock: Clock,
  ) {}

  async handle({ orgId, requestId, ...queued }: OrgJobPayload & QueuedQuestion): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const question = await this.database.runInOrg(scope, () => this.claim(queued));
    if (question) await this.send(scope, question);
  }

  /** Undefined when it went out already, was answered, or names nobody any more. */
  private async claim({ senderId, timesAsked }: QueuedQuestion): Promise<Question | undefined> {
    const sender = await this.senders.find(senderId);
    if (sender?.timesAsked !== timesAsked || sender.sentAt !== null) return undefined;
    if (!isQuestionOpen(sender, this.clock.now())) return undefined;
    const members = await this.numbers.members(sender.connectionId, null, null);
    const options = sender.options.flatMap(
      (id) => members.find(({ organizationId }) => organizationId === id) ?? [],
    );
    if (options.length < sender.options.length) {
      await this.question.giveUp(sender);
      return undefined;
    }
    await this.senders.noteSent(sender.id, this.clock.now());
    return { sender, text: questionFor(options) };
  }

  private async send(scope: OrgScope, { sender, text }: Question): Promise<void> {
    const { id: messageId, connectionId, address: to, businessAddress: replyFrom } = sender;
    const send = await this.sending.open(scope, connectionId);
    const outcome = await send({ messageId, to, replyFrom, body: text, files: [], template: null });
    if (outcome.kind === 'refused') await this.database.runInOrg(scope, () => this.question.giveUp(sender));
    if (outcome.kind !== 'retry') return;
    await this.database.runInOrg(scope, () => this.senders.noteSent(messageId, null));
    throw new ProviderUnavailable(outcome.afterSeconds);
  }
}
