import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EventBus } from '../../../../common/events';
import { checkVersion } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { ConnectionsRepository } from '../../db/connections.repository';
import { Observations } from '../../db/verification/observations.repository';
import { ConnectionNotFound } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';
import { ObservingBegan, ObservingEnded, observeUntil } from '../../domain/verification';
import { ConnectionViews, type ConnectionView } from '../connection-views';

/** What becomes of deliveries whose signature does not fit; observing ends after so many hours. */
export type WantedVerification =
  { readonly mode: 'enforce' } | { readonly mode: 'observe'; readonly hours: number };

/** Sets whether a connection enforces signatures, or observes for a while. Owners are told of either. */
@Injectable()
export class SetVerification {
  constructor(
    private readonly database: Database,
    private readonly observations: Observations,
    private readonly connections: ConnectionsRepository,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly views: ConnectionViews,
  ) {}

  /** Throws `ConnectionNotFound`, `NumberIsShared`, and `StaleVersion` when `ifMatch` is given and not the present version. */
  async execute(id: Uuid, wanted: WantedVerification, ifMatch?: number): Promise<ConnectionView> {
    const now = await this.observations.lock(id);
    if (!now) throw new ConnectionNotFound();
    checkVersion(now.version, ifMatch);
    if ((await this.connections.find(id))?.shared_connection_id) throw new NumberIsShared();
    if (wanted.mode === 'observe') await this.begin(id, wanted.hours);
    else if (now.verification_mode === 'observe') await this.end(id, now.observe_since);
    const row = await this.connections.find(id);
    if (!row) throw new ConnectionNotFound();
    return this.views.of(row);
  }

  /** Ends the observing of a connection whose time is over; nothing where it was told to go on meanwhile. */
  async endIfOver(id: Uuid): Promise<void> {
    const now = await this.observations.lock(id);
    if (!now?.observe_until || now.observe_until > this.clock.now()) return;
    await this.end(id, now.observe_since);
  }

  private async begin(connectionId: Uuid, hours: number): Promise<void> {
    const now = this.clock.now();
    await this.observations.begin(connectionId, now, observeUntil(now, hours));
    await this.events.publish(new ObservingBegan({ orgId: this.database.tx.orgId, connectionId }));
  }

  private async end(connectionId: Uuid, since: Date | null): Promise<void> {
    await this.observations.end(connectionId);
    const unverified = await this.observations.countUnverified(connectionId, since);
    const { orgId } = this.database.tx;
    await this.events.publish(new ObservingEnded({ orgId, connectionId, unverified }));
  }
}
