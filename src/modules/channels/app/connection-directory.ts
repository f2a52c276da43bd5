import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Uuid } from '../../../common/context';
import { CannotDecrypt, Vault, type Place, type WrappedKey } from '../../../common/crypto';
import { Clock } from '../../../common/time/clock';
import { WebhookIntake, type DirectoryRow } from '../db/webhook-intake.repository';
import type { Channel, ProviderName, Routing } from '../domain/channel';
import { credentialsPlace, parseSecrets, previousCredentialsPlace } from '../domain/credentials';
import type { ProviderAccount } from '../domain/provider';
import type { WebhookEndpoint } from '../domain/webhook-endpoint';

/** A connection as intake knows it. */
export interface KnownConnection {
  readonly orgId: Uuid;
  readonly id: Uuid;
  readonly provider: ProviderName;
  readonly channel: Channel;
  readonly routing: Routing;
  readonly address: string;
  readonly numberId: string | null;
  readonly accountId: string;
  /** What opens it: its secrets, and those that they replaced while these still count. */
  readonly accounts: readonly ProviderAccount[];
  /** For a limited time a signature that does not fit is noted, and the delivery taken in all the same. */
  readonly observes: boolean;
  /** Of a number that several organizations use: its own connection, whichever of theirs this is. */
  readonly shared: { readonly orgId: Uuid; readonly id: Uuid } | null;
}

/** Where intake looks: the id in the path where there is one, else the number, else the account. */
export interface Wanted {
  readonly endpoint: WebhookEndpoint;
  readonly address: string | null;
  readonly numberId: string | null;
  readonly accountId: string;
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
    private readonly clock: Clock,
  ) {}

  /** Undefined when there is none. `afresh` asks the database whatever is known, for a secret that may just have changed. */
  find(wanted: Wanted, { afresh = false } = {}): Promise<KnownConnection | undefined> {
    return this.known.fetch(nameOf(wanted), { context: wanted, forceRefresh: afresh });
  }

  /** Connections of an account, by id. */
  ofAccount(endpoint: WebhookEndpoint, accountId: string): Promise<Uuid[]> {
    return this.intake.connectionsOfAccount(endpoint, accountId);
  }

  private async lookUp(wanted: Wanted): Promise<KnownConnection | undefined> {
    const row = await this.intake.findConnection({ ...wanted, ...wanted.endpoint });
    if (row) return this.open(row);
    return wanted.id === null ? undefined : this.lookUpMember(wanted, wanted.id);
  }

  /** A connection of one who shares a number is found by its id alone, and opens with what the number's own holds. */
  private async lookUpMember(wanted: Wanted, id: Uuid): Promise<KnownConnection | undefined> {
    const member = await this.intake.findSharedMember(id);
    const number =
      member && (await this.intake.findConnection({ ...wanted, ...wanted.endpoint, id: member.number_id }));
    return number && { ...(await this.open(number)), orgId: member.org_id, id: member.id };
  }

  private async open(row: DirectoryRow): Promise<KnownConnection> {
    return {
      orgId: row.org_id,
      id: row.id,
      provider: row.provider,
      channel: row.channel,
      routing: row.routing,
      address: row.address,
      numberId: row.provider_number_id,
      accountId: row.provider_account_id,
      accounts: await this.accountsOf(row),
      observes: row.observe_until !== null && row.observe_until > this.clock.now(),
      shared: row.routing === 'shared' ? { orgId: row.org_id, id: row.id } : null,
    };
  }

  private async accountsOf(row: DirectoryRow): Promise<ProviderAccount[]> {
    const { credentials, wrapped_key: wrappedKey, master_key_id: masterKeyId } = row;
    const accounts = [
      await this.account(row, credentialsPlace(row.id), credentials, { wrappedKey, masterKeyId }),
    ];
    const previous =
      row.previous_until !== null && row.previous_until > this.clock.now() ? previousOf(row) : undefined;
    const replaced = previous && (await this.replaced(row, previous));
    return replaced ? [...accounts, replaced] : accounts;
  }

  /** One that does not open verifies nothing, and must not keep the secret that took its place from doing so. */
  private async replaced(row: DirectoryRow, previous: PreviousSecret): Promise<ProviderAccount | undefined> {
    try {
      return await this.account(row, previousCredentialsPlace(row.id), previous.credentials, previous.key);
    } catch (error) {
      if (error instanceof CannotDecrypt) return undefined;
      throw error;
    }
  }

  private async account(
    row: DirectoryRow,
    place: Place,
    sealed: string,
    key: WrappedKey,
  ): Promise<ProviderAccount> {
    const opened = await this.vault.openWith(row.org_id, place, sealed, key);
    return { accountId: row.provider_account_id, secrets: parseSecrets(opened) };
  }
}

function nameOf({ endpoint, address, numberId, accountId, id }: Wanted): string {
  return [endpoint.segment, id ?? `${numberId ?? ''}|${address ?? ''}|${accountId}`].join('|');
}

interface PreviousSecret {
  readonly credentials: string;
  readonly key: WrappedKey;
}

function previousOf({
  previous_credentials: credentials,
  previous_wrapped_key: wrappedKey,
  previous_master_key_id: masterKeyId,
}: DirectoryRow): PreviousSecret | undefined {
  if (credentials === null || wrappedKey === null || masterKeyId === null) return undefined;
  return { credentials, key: { wrappedKey, masterKeyId } };
}
