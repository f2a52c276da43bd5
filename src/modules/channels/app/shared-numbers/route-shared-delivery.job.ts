import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type OrgScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { Clock } from '../../../../common/time/clock';
import { SharedDeliveries, type ClaimedDelivery } from '../../db/shared-numbers/shared-deliveries.repository';
import { reasonOf } from '../process-webhook.job';
import { RouteSharedDelivery } from './route-shared-delivery.use-case';

/** Finds out whose a delivery over a shared number is. An attempt that fails leaves its reason on the log, and is made again. */
@Injectable()
@JobHandler({ name: 'channels.route-shared-delivery', transaction: 'own' })
export class RouteSharedDeliveryJob implements HandlesJob<OrgJobPayload & ClaimedDelivery> {
  constructor(
    private readonly database: Database,
    private readonly routing: RouteSharedDelivery,
    private readonly deliveries: SharedDeliveries,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async handle(payload: OrgJobPayload & ClaimedDelivery): Promise<void> {
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    const startedAt = this.clock.now();
    try {
      await this.database.runInOrg(scope, () => this.routing.execute(payload, startedAt));
    } catch (error) {
      await this.noteFailure(scope, payload, startedAt, error);
      throw error;
    }
  }

  /** In a transaction of its own: that of the work is rolled back. */
  private async noteFailure(
    scope: OrgScope,
    delivery: ClaimedDelivery,
    startedAt: Date,
    error: unknown,
  ): Promise<void> {
    try {
      await this.database.runInOrg(scope, () =>
        this.deliveries.noteFailure(delivery, startedAt, reasonOf(error)),
      );
    } catch (unwritten) {
      this.log.warn('a failed attempt could not be noted', { error: unwritten });
    }
  }
}
