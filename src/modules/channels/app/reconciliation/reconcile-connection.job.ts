import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../../common/context';
import { CannotDecrypt } from '../../../../common/crypto';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { CredentialsRejected } from '../../domain/errors';
import { ReconcileConnection } from './reconcile-connection.use-case';
import { RECONCILE_CONNECTION, type ReconcileConnectionPayload } from './reconcile-deliveries.job';

/** Compares one connection's messages with the log. While the provider cannot be asked, the job is tried again. */
@Injectable()
@JobHandler({ name: RECONCILE_CONNECTION, transaction: 'own' })
export class ReconcileConnectionJob implements HandlesJob<ReconcileConnectionPayload> {
  constructor(
    private readonly reconcile: ReconcileConnection,
    private readonly log: Log,
  ) {}

  async handle({ orgId, requestId, connectionId }: ReconcileConnectionPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    try {
      const recovered = await this.reconcile.execute(scope, connectionId);
      if (recovered > 0)
        this.log.warn('deliveries that never arrived were recovered', {
          orgId,
          connectionId,
          count: recovered,
        });
    } catch (error) {
      // To be mended by people; the next hour asks again.
      if (!(error instanceof CredentialsRejected || error instanceof CannotDecrypt)) throw error;
      this.log.warn('a connection could not be reconciled: its credentials do not open it', {
        orgId,
        connectionId,
      });
    }
  }
}
