import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId, type OrgScope } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { IdempotentEffects } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConnectionsRepository } from '../db/connections.repository';
import { credentialsPlace, serializeSecrets, type Secrets } from '../domain/credentials';
import type { Channel, ProviderName, Routing } from '../domain/channel';
import { ConnectionNotFound, InvalidPhoneNumber } from '../domain/errors';
import { CallsNotShared } from '../domain/shared-number-errors';
import { businessAddress } from './business-address';
import { ConnectionViews, type ConnectionView } from './connection-views';
import { CredentialCheck } from './credential-check';
import { CredentialTrail } from './credential-trail';

/** A number at a provider, with what opens its account. */
export interface NewNumber {
  readonly provider: ProviderName;
  readonly channel: Channel;
  readonly accountId: string;
  /** By the names that the provider's adapter knows. */
  readonly secrets: Secrets;
  /** As a person writes it, in international form; null where the provider tells it. */
  readonly address: string | null;
  /** The provider's own id of the number, where it has one. */
  readonly numberId: string | null;
  readonly friendlyName: string;
}

/** Connects a number of an account at a provider, once the provider accepted the credentials. */
@Injectable()
export class ConnectNumber {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly check: CredentialCheck,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
    private readonly views: ConnectionViews,
  ) {}

  /**
   * Throws `CallsNotShared`, `InvalidPhoneNumber`, what {@link CredentialCheck} throws, and only then `NumberAlreadyConnected`: whether a
   * number is taken is told to those alone who have an account at the provider.
   */
  async execute(scope: OrgScope, number: NewNumber, routing: Routing = 'dedicated'): Promise<ConnectionView> {
    const { provider, channel, accountId, secrets, numberId, friendlyName } = number;
    if (routing === 'shared' && channel === 'voice') throw new CallsNotShared();
    const given = number.address === null ? null : businessAddress(channel, number.address);
    if (given === undefined) throw new InvalidPhoneNumber('address');
    const facts = await this.check.pass(provider, { accountId, secrets, numberId });
    const address = given ?? facts.address;
    if (address === null) throw new InvalidPhoneNumber('address');
    return this.effects.once({ ...scope, pool: 'service' }, async () => {
      const id = newId();
      const sealed = await this.vault.seal(credentialsPlace(id), serializeSecrets(secrets));
      await this.connections.insert({
        ...{ id, provider, channel, address, routing, friendlyName },
        providerAccountId: accountId,
        providerNumberId: numberId,
        credentials: sealed.text,
        credentialsKeyId: sealed.keyId,
        credentialsExpireAt: facts.expireAt,
        webhookVerifyToken: randomBytes(32).toString('base64url'),
        lastVerifiedAt: this.clock.now(),
      });
      await this.trail.note(scope, id, 'connect');
      const row = await this.connections.find(id);
      if (!row) throw new ConnectionNotFound();
      return this.views.of(row);
    });
  }
}
