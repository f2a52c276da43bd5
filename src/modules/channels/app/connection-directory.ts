import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Uuid } from '../../../common/context';
import { Vault } from '../../../common/crypto';
import { WebhookIntake, type DirectoryRow } from '../db/webhook-intake.repository';
import type { Channel, ProviderName } from '../domain/channel';
import { credentialsPlace, parseSecrets } from '../domain/credentials';
import type { ProviderAccount } from '../domain/provider';

/** A connection as intake knows it. */
export interface KnownConnection {
  readonly orgId: Uuid;
  readonly id: Uuid;
  readonly provider: ProviderName;
  readonly address: string;
  readonly account: ProviderAccount;
}

/** Where intake looks: the id in the path where there is one, else the number. */
export interface Wanted {
  readonly channel: Channel;
  readonly address: string;
  readonly id: Uuid | null;
}

/** A change of a connection is felt by intake after this long at most. */
const BELIEVED_FOR_MS = 1_000;
const KEPT = 10_000;

/**
 * Finds the connection of a delivery, over all organizations, with its credentials opened. What was found is believed for
 * a second, so that a burst costs one look-up; those who ask at the same time share it. That there is none is not
 * remembered: a number may have been connected just now.
 */
@Injectable()
export class ConnectionDirectory {
  private readonly known = new LRUCache<string, KnownConnection, Wanted>({
    max: KEPT,
    ttl: BELIEVED_FOR_MS,
    fetchMethod: (_key, _stale, { context }) => this.lookUp(context),
  });

  constructor(
    private readonly intake: WebhookIntake,
    private readonly vault: Vault,
  ) {}

  /** Undefined when there is none. `afresh` asks the database whatever is known, for a secret that may just have changed. */
  find(wanted: Wanted, { afresh = false } = {}): Promise<KnownConnection | undefined> {
    const key = `${wanted.channel}|${wanted.id ?? wanted.address}`;
    return this.known.fetch(key, { context: wanted, forceRefresh: afresh });
  }

  private async lookUp({ channel, address, id }: Wanted): Promise<KnownConnection | undefined> {
    const row = await this.intake.findConnection(channel, address, id);
    return row && this.open(row);
  }

  private async open(row: DirectoryRow): Promise<KnownConnection> {
    const wrapped = { wrappedKey: row.wrapped_key, masterKeyId: row.master_key_id };
    const opened = await this.vault.openWith(row.org_id, credentialsPlace(row.id), row.credentials, wrapped);
    return {
      orgId: row.org_id,
      id: row.id,
      provider: row.provider,
      address: row.address,
      account: { accountId: row.provider_account_id, secrets: parseSecrets(opened) },
    };
  }
}
