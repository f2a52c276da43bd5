import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { OrgScope, Uuid } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { ConnectionsRepository, connectionOf } from '../db/connections.repository';
import { credentialsPlace, parseSecrets } from '../domain/credentials';
import { CredentialTrail, type CredentialUse } from './credential-trail';
import type { OpenedConnection } from './opened-connection';
import { SharedCredentials } from './shared-numbers/shared-credentials';

type Use = Exclude<CredentialUse, 'connect' | 'rotate' | 'rotate_verify_token' | 'verify_webhook'>;

/** Uses that come in hundreds a minute: the trail tells the first of each minute. */
const FREQUENT: ReadonlySet<Use> = new Set<Use>(['send', 'look_up', 'fetch_media']);
const NOTED_FOR_MS = 60_000;

/** Opens connections' credentials for a call of the network, in a short transaction of the service role before it. */
@Injectable()
export class ConnectionAccess {
  /** What this process noted in the last minute. */
  private readonly noted = new LRUCache<string, true>({
    maxSize: 50_000,
    sizeCalculation: () => 1,
    ttl: NOTED_FOR_MS,
  });

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly connections: ConnectionsRepository,
    private readonly trail: CredentialTrail,
    private readonly shared: SharedCredentials,
  ) {}

  /** Undefined when the organization has no such connection. Throws `CannotDecrypt` when its master key is gone. */
  async open(scope: OrgScope, id: Uuid, use: Use): Promise<OpenedConnection | undefined> {
    if (this.database.inTransaction) throw new Error('a call of the network inside a transaction');
    const name = `${scope.orgId}|${id}|${use}`;
    const first = !FREQUENT.has(use) || !this.noted.has(name);
    if (first) this.noted.set(name, true);
    try {
      return await this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
        const opened = await this.read(id);
        if (opened && first) await this.trail.note(scope, id, use);
        return opened;
      });
    } catch (error) {
      // Undone with the transaction: the next use is the first one.
      if (first) this.noted.delete(name);
      throw error;
    }
  }

  private async read(id: Uuid): Promise<OpenedConnection | undefined> {
    const row = await this.connections.findWithCredentials(id);
    if (!row) return undefined;
    const connection = connectionOf(row);
    if (row.credentials === null) return this.shared.open(connection);
    const secrets = parseSecrets(await this.vault.open(credentialsPlace(id), row.credentials));
    return { connection, account: { accountId: connection.accountId, secrets }, isMember: false };
  }
}
