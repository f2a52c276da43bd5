import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../common/context';
import { Database, whenDatabaseIsBack } from '../../../common/database';
import { JobHandler, type HandlesJob, type JobRun } from '../../../common/jobs';
import { Channels } from '../../channels';
import { ClaimMessage } from './claim-message.use-case';
import { RecordSendOutcome } from './record-send-outcome.use-case';
import { SEND_MESSAGE, type SendMessagePayload } from './send-queue';

/**
 * Sends one message: claims it, commits, calls the provider, records. Whatever dies in between, the job runs again, finds
 * the claim without an outcome, and has the provider asked instead of sending twice.
 */
@Injectable()
@JobHandler({ name: SEND_MESSAGE, transaction: 'own' })
export class SendMessage implements HandlesJob<SendMessagePayload> {
  constructor(
    private readonly database: Database,
    private readonly claim: ClaimMessage,
    private readonly channels: Channels,
    private readonly record: RecordSendOutcome,
  ) {}

  async handle({ orgId, requestId, messageId }: SendMessagePayload, run: JobRun): Promise<void> {
    const again = run.attempt > 1;
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const claimed = await this.database.runInOrg(scope, () => this.claim.execute(messageId, again));
    if (!claimed) return;
    const { attempt, ...message } = claimed;
    const outcome = await this.channels.send(scope, { ...message, mediaUrls: [], template: null });
    await whenDatabaseIsBack(() =>
      this.database.runInOrg(scope, () => this.record.execute(messageId, attempt, outcome)),
    );
  }
}
