import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { callsOf } from '../../domain/call-carrier';
import { Providers } from '../../domain/provider';
import { ConnectionAccess } from '../connection-access';
import { RecoveredDeliveries } from '../reconciliation/recovered-deliveries';

/** Asks the provider for a call whose end nobody told, and takes in what it would have delivered. */
@Injectable()
export class AskHowCallEnded {
  constructor(
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
    private readonly recovered: RecoveredDeliveries,
  ) {}

  /**
   * Calls the network, so never inside a transaction. Returns whether there was an end to be taken in. Throws
   * `CredentialsRejected`, `ProviderUnavailable` and `CannotDecrypt`.
   */
  async execute(scope: OrgScope, connectionId: Uuid, providerCallId: string): Promise<boolean> {
    const opened = await this.access.open(scope, connectionId, 'reconcile');
    if (!opened) return false;
    const { connection, account } = opened;
    const end = await callsOf(this.providers.of(connection.provider)).end(account, providerCallId);
    if (end === 'under_way' || end === 'unknown') return false;
    return (await this.recovered.takeIn(scope, connection, [end])) > 0;
  }
}
