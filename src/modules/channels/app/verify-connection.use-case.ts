import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { CannotDecrypt } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { Clock } from '../../../common/time/clock';
import { ConnectionsRepository } from '../db/connections.repository';
import { ConnectionNotFound, CredentialsRejected } from '../domain/errors';
import { NumberIsShared } from '../domain/shared-number-errors';
import { ConnectionAccess } from './connection-access';
import type { OpenedConnection } from './opened-connection';
import { ConnectionViews, type ConnectionView } from './connection-views';
import { CredentialCheck } from './credential-check';

/** Asks the provider again whether the stored credentials are right, and notes when they are. */
@Injectable()
export class VerifyConnection {
  constructor(
    private readonly database: Database,
    private readonly access: ConnectionAccess,
    private readonly check: CredentialCheck,
    private readonly clock: Clock,
    private readonly connections: ConnectionsRepository,
    private readonly views: ConnectionViews,
  ) {}

  /** Throws `ConnectionNotFound`, `NumberIsShared` and what {@link CredentialCheck} throws; then nothing is changed. */
  async execute(scope: OrgScope, id: Uuid): Promise<ConnectionView> {
    const { connection, account, isMember } = await this.open(scope, id);
    if (isMember) throw new NumberIsShared();
    const facts = await this.check.pass(connection.provider, { ...account, numberId: connection.numberId });
    const row = await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
      this.connections.noteVerified(id, this.clock.now(), facts.expireAt),
    );
    if (!row) throw new ConnectionNotFound();
    return this.views.of(row);
  }

  /** Credentials that do not open are as good as wrong ones: they must be entered again. */
  private async open(scope: OrgScope, id: Uuid): Promise<OpenedConnection> {
    try {
      const opened = await this.access.open(scope, id, 'verify');
      if (opened) return opened;
    } catch (error) {
      throw error instanceof CannotDecrypt ? new CredentialsRejected() : error;
    }
    throw new ConnectionNotFound();
  }
}
