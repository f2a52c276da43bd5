import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Clock } from '../../../../common/time/clock';
import { deliveriesOf, type DeliveryList, type DeliveryQuery } from '../../domain/delivery-list';
import { Providers } from '../../domain/provider';
import { ConnectionAccess } from '../connection-access';
import type { OpenedConnection } from '../opened-connection';
import { DeliveryComparison } from './delivery-comparison';
import { RecoveredDeliveries } from './recovered-deliveries';

const DAY_MS = 24 * 3_600_000;
/** Of one direction in one run: with Twilio's pages, 200,000 messages of a day. */
const MOST_PAGES = 200;

/**
 * Compares what the provider has of a connection's last day with what arrived here, and takes in what never did: messages and
 * calls of customers and reports of ours, under the ids of their events, so that nothing is done twice even if the delivery still comes.
 */
@Injectable()
export class ReconcileConnection {
  constructor(
    private readonly database: Database,
    private readonly access: ConnectionAccess,
    private readonly providers: Providers,
    private readonly comparison: DeliveryComparison,
    private readonly recovered: RecoveredDeliveries,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns how many were recovered; none where the provider keeps no list. Throws `CredentialsRejected`, `ProviderUnavailable`
   * and `CannotDecrypt`.
   */
  async execute(scope: OrgScope, connectionId: Uuid): Promise<number> {
    const opened = await this.access.open(scope, connectionId, 'reconcile');
    const list = opened && deliveriesOf(this.providers.of(opened.connection.provider));
    if (!opened || !list) return 0;
    const { connection } = opened;
    const since = new Date(Math.max(this.clock.now().getTime() - DAY_MS, connection.createdAt.getTime()));
    const { channel, address, numberId } = connection;
    const query = { channel, address, numberId, since };
    await this.database.runInOrg(scope, () => this.comparison.lookAgain(connectionId, since));
    // Messages of customers to a shared number are taken in by its owner, who finds out whose they are.
    const inbound = opened.isMember
      ? 0
      : await this.takeIn(scope, opened, list, { ...query, direction: 'inbound' });
    return inbound + (await this.takeIn(scope, opened, list, { ...query, direction: 'outbound' }));
  }

  private async takeIn(
    scope: OrgScope,
    opened: OpenedConnection,
    list: DeliveryList,
    query: Omit<DeliveryQuery, 'page'>,
  ): Promise<number> {
    let taken = 0;
    let page: string | null = null;
    for (let read = 0; read < MOST_PAGES; read++) {
      const found = await list.page(opened.account, { ...query, page });
      const missing = await this.database.runInOrg(scope, () => this.comparison.missing(found.messages));
      taken += await this.recovered.takeIn(scope, opened.connection, missing);
      page = found.next;
      if (page === null) break;
    }
    return taken;
  }
}
