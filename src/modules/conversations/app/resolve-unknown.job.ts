import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobHandler, type HandlesJob } from '../../../common/jobs';
import { Channels } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import { mayBeFound } from '../domain/message-progress';
import { MatchLostMessage } from './match-lost-message.use-case';
import { RESOLVE_UNKNOWN, type ResolveUnknownPayload } from './send-queue';

/** The provider's clock and ours may differ by so much. */
const CLOCK_DIFFERENCE_MS = 60_000;

/** Asks the provider, where it can be asked, for a message whose answer was lost. While the provider cannot be asked, the job is tried again. */
@Injectable()
@JobHandler({ name: RESOLVE_UNKNOWN, transaction: 'own' })
export class ResolveUnknown implements HandlesJob<ResolveUnknownPayload> {
  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly channels: Channels,
    private readonly match: MatchLostMessage,
  ) {}

  async handle({ orgId, requestId, messageId, look }: ResolveUnknownPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const lost = await this.database.runInOrg(scope, () => this.messages.find(messageId));
    // With the connection the credentials are gone, and with them the way to know.
    if (!lost?.attemptedAt || !mayBeFound(lost) || lost.connectionId === null) return;
    const since = new Date(lost.attemptedAt.getTime() - CLOCK_DIFFERENCE_MS);
    const { connectionId, to, businessAddress: replyFrom } = lost;
    const sent = await this.channels.listSent(scope, { connectionId, to, replyFrom, since });
    // Only a status report can tell. Until then nobody knows, and it is not said to have failed.
    if (sent === null) return;
    await this.database.runInOrg(scope, () => this.match.execute(messageId, sent, look));
  }
}
