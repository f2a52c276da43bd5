import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { IdempotentEffects } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConnectionsRepository } from '../db/connections.repository';
import { credentialsPlace, serializeSecrets } from '../domain/credentials';
import { ConnectionNotFound } from '../domain/errors';
import { ConnectionViews, type ConnectionView } from './connection-views';
import { CredentialCheck } from './credential-check';
import { CredentialTrail } from './credential-trail';

/** Replaces a connection's auth token by another one of the same account, once the provider accepted it. */
@Injectable()
export class RotateAuthToken {
  constructor(
    private readonly database: Database,
    private readonly effects: IdempotentEffects,
    private readonly check: CredentialCheck,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
    private readonly views: ConnectionViews,
  ) {}

  /** Throws `ConnectionNotFound` and what {@link CredentialCheck} throws; then the old token stays. */
  async execute(scope: OrgScope, id: Uuid, authToken: string): Promise<ConnectionView> {
    const found = await this.database.runInOrg(scope, () => this.connections.find(id));
    if (!found) throw new ConnectionNotFound();
    const secrets = { authToken };
    await this.check.pass(found.provider, { accountId: found.provider_account_id, secrets });
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const sealed = await this.vault.seal(credentialsPlace(id), serializeSecrets(secrets));
      const row = await this.connections.replaceCredentials(id, sealed, this.clock.now());
      if (!row) throw new ConnectionNotFound();
      await this.trail.note(scope, id, 'rotate');
      return this.views.of(row);
    });
  }
}
