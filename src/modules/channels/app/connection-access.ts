import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OrgScope, Uuid } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ConnectionsRepository, connectionOf } from '../db/connections.repository';
import type { Connection } from '../domain/connection';
import { credentialsPlace, parseSecrets } from '../domain/credentials';
import type { ProviderAccount } from '../domain/provider';

/** What a credential is opened for. */
export type CredentialUse = 'send' | 'look_up' | 'verify';

/** A connection with what opens its account. */
export interface OpenedConnection {
  readonly connection: Connection;
  readonly account: ProviderAccount;
}

/** Uses that come in hundreds a minute: the trail tells the first of each minute. */
const FREQUENT: ReadonlySet<CredentialUse> = new Set(['send', 'look_up']);
const NOTED_FOR_MS = 60_000;

/** Opens connections' credentials, in a transaction of the service role of its own, and leaves a trace of it. */
@Injectable()
export class ConnectionAccess {
  /** What was noted in the last minute by this process. */
  private readonly noted = new LRUCache<string, true>({ max: 50_000, ttl: NOTED_FOR_MS });

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly connections: ConnectionsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** Undefined when the organization has no such connection. Throws `CannotDecrypt` when its master key is gone. */
  async open(scope: OrgScope, id: Uuid, use: CredentialUse): Promise<OpenedConnection | undefined> {
    const name = `${scope.orgId}|${id}|${use}`;
    const note = !FREQUENT.has(use) || !this.noted.has(name);
    if (note) this.noted.set(name, true);
    try {
      return await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
        this.openHere(scope, id, use, note),
      );
    } catch (error) {
      if (note) this.noted.delete(name);
      throw error;
    }
  }

  private async openHere(
    scope: OrgScope,
    id: Uuid,
    use: CredentialUse,
    note: boolean,
  ): Promise<OpenedConnection | undefined> {
    const row = await this.connections.findWithCredentials(id);
    if (!row) return undefined;
    const secrets = parseSecrets(await this.vault.open(credentialsPlace(id), row.credentials));
    const connection = connectionOf(row);
    if (note)
      await this.audit.record({
        eventType: 'channels.credential-use',
        operation: 'USE',
        orgId: scope.orgId,
        actor: scope.actor,
        tableName: 'channel_connections',
        recordId: id,
        new: { purpose: use },
      });
    return { connection, account: { accountId: connection.accountId, secrets } };
  }
}
