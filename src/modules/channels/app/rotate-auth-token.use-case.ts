import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { IdempotentEffects } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConnectionsRepository, type ConnectionRow } from '../db/connections.repository';
import {
  areWhole,
  credentialsPlace,
  OVERLAP_HOURS,
  ownSecrets,
  serializeSecrets,
  type GivenSecrets,
} from '../domain/credentials';
import { ConnectionNotFound } from '../domain/errors';
import { NumberIsShared } from '../domain/shared-number-errors';
import { ConnectionAccess } from './connection-access';
import { ConnectionViews, type ConnectionView } from './connection-views';
import { CredentialCheck } from './credential-check';
import { CredentialTrail } from './credential-trail';
import { ReplacedSecrets } from './credentials/replaced-secrets';

/**
 * Replaces a connection's secrets by others of the same account, once the provider accepted them. Deliveries that are signed with
 * the old one are taken in for some hours more.
 */
@Injectable()
export class RotateAuthToken {
  constructor(
    private readonly database: Database,
    private readonly effects: IdempotentEffects,
    private readonly access: ConnectionAccess,
    private readonly check: CredentialCheck,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly replaced: ReplacedSecrets,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
    private readonly views: ConnectionViews,
  ) {}

  /**
   * What is not given stays. Throws `ConnectionNotFound`, `NumberIsShared`, `SecretsOfOtherProvider` and what
   * {@link CredentialCheck} throws; then everything stays.
   */
  async execute(
    scope: OrgScope,
    id: Uuid,
    given: GivenSecrets,
    overlapHours: number = OVERLAP_HOURS.usual,
  ): Promise<ConnectionView> {
    const found = await this.database.runInOrg(scope, () => this.connections.find(id));
    if (!found) throw new ConnectionNotFound();
    if (found.shared_connection_id !== null) throw new NumberIsShared();
    const { provider, provider_account_id: accountId, provider_number_id: numberId } = found;
    const secrets = await this.withOthers(scope, found, given);
    const { expireAt } = await this.check.pass(provider, { accountId, secrets, numberId });
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const previous = await this.replaced.keep(id, secrets, overlapHours);
      const sealed = await this.vault.seal(credentialsPlace(id), serializeSecrets(secrets));
      const at = this.clock.now();
      const row = await this.connections.replaceCredentials(id, sealed, { at, expireAt, previous });
      if (!row) throw new ConnectionNotFound();
      await this.trail.note(scope, id, 'rotate');
      return this.views.of(row);
    });
  }

  /** Where all are given, those before need not open any more. */
  private async withOthers(scope: OrgScope, { id, provider }: ConnectionRow, all: GivenSecrets) {
    const given = ownSecrets(provider, all);
    if (areWhole(provider, given)) return given;
    const opened = await this.access.open(scope, id, 'verify');
    if (!opened) throw new ConnectionNotFound();
    return { ...opened.account.secrets, ...given };
  }
}
