import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../common/context';
import { Database, whenDatabaseIsBack } from '../../../common/database';
import { JobHandler, type HandlesJob, type JobRun } from '../../../common/jobs';
import { ClaimMessages } from './claim-messages.use-case';
import { DispatchPlan } from './dispatch-plan';
import { HandOver } from './hand-over';
import { RecordSendOutcomes } from './record-send-outcomes.use-case';
import { DISPATCH, type DispatchPayload } from './send-queue';
import { UnknownSends } from './unknown-sends';

/**
 * Sends what waits for a connection, a batch at a time: claims, commits, calls the provider, records, and has the rest sent by
 * the next job. Whatever dies in between, the job runs again, finds the claims without an outcome, and has the provider asked
 * instead of sending twice.
 */
@Injectable()
@JobHandler({ name: DISPATCH, transaction: 'own' })
export class DispatchMessages implements HandlesJob<DispatchPayload> {
  constructor(
    private readonly database: Database,
    private readonly claim: ClaimMessages,
    private readonly handOver: HandOver,
    private readonly record: RecordSendOutcomes,
    private readonly unknown: UnknownSends,
    private readonly plan: DispatchPlan,
  ) {}

  async handle({ orgId, requestId, connectionId }: DispatchPayload, run: JobRun): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    if (run.attempt > 1) await this.database.runInOrg(scope, () => this.unknown.leftBehind(run.id));
    const claimed = await this.database.runInOrg(scope, () => this.claim.execute(connectionId, run.id));
    if (claimed.length === 0) return;
    const results = await this.handOver.execute(scope, connectionId, claimed);
    const record = async (): Promise<void> => {
      await this.record.execute(results);
      await this.plan.goOn(connectionId);
    };
    await whenDatabaseIsBack(() => this.database.runInOrg(scope, record));
  }
}
