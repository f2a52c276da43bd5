import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { Channel, ProviderName, Routing } from '../domain/channel';
import type { Connection, ConnectionSummary } from '../domain/connection';
import { NumberAlreadyConnected } from '../domain/errors';
import type { VerificationMode } from '../domain/verification';
import { ChannelConnection } from './channel-connection.entity';

/** A connection without its secrets: all that requests may read. */
export interface ConnectionRow extends Record<string, unknown> {
  id: Uuid;
  provider: ProviderName;
  channel: Channel;
  address: string;
  provider_account_id: string;
  provider_number_id: string | null;
  friendly_name: string;
  routing: Routing;
  /** The connection of the number's owner, where this one stands for a number that is shared. */
  shared_connection_id: Uuid | null;
  is_active: boolean;
  sends_per_second: number;
  last_verified_at: Date | null;
  credentials_expire_at: Date | null;
  previous_credentials_until: Date | null;
  verification_mode: VerificationMode;
  observe_until: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** The same with the sealed credentials. Read by the service role only. */
export interface SealedConnectionRow extends ConnectionRow {
  /** Null where they stand in another row: {@link ConnectionRow.shared_connection_id}. */
  credentials: string | null;
}

/** A new connection, its credentials sealed. */
export type NewConnection = Omit<ChannelConnection, 'orgId'>;

/** What a member may change. */
export interface ConnectionChange {
  readonly friendlyName?: string;
  readonly isActive?: boolean;
  /** At most so many messages in a second. */
  readonly sendsPerSecond?: number;
}

/** A text that was sealed, and its key. */
interface SealedText {
  readonly text: string;
  readonly keyId: Uuid;
}

/** The secret that is replaced, sealed for where it goes on verifying deliveries. */
export interface PreviousSecret extends SealedText {
  readonly until: Date;
}

/** What is known with credentials that the provider accepted. */
export interface Replacement {
  readonly at: Date;
  readonly expireAt: Date | null;
  /** Null: the one that is replaced counts no more; undefined: none is, what overlaps goes on. */
  readonly previous: PreviousSecret | null | undefined;
}

/** A number is known by itself, and by the provider's own id of it. */
const TAKEN = ['connection_directory_address_key', 'connection_directory_number_key'];

const COLUMNS = `id, provider, channel, address, provider_account_id, provider_number_id, friendly_name, routing,
  shared_connection_id, is_active,
  sends_per_second, last_verified_at, credentials_expire_at, previous_credentials_until, verification_mode, observe_until,
  version, created_at, updated_at`;

@Injectable()
export class ConnectionsRepository {
  constructor(private readonly database: Database) {}

  /** Adds a connection to the organization at hand. Throws {@link NumberAlreadyConnected}, wherever the number is. */
  async insert(connection: NewConnection): Promise<void> {
    const { tx } = this.database;
    try {
      await (await tx.repository(ChannelConnection)).insert({ ...connection, orgId: tx.orgId });
    } catch (error) {
      if (TAKEN.some((key) => violatesUnique(error, key))) throw new NumberAlreadyConnected();
      throw error;
    }
  }

  /** Connections of the organization at hand, newest first: ids are made in the order of time. */
  list(limit: number, beforeId: string | null): Promise<ConnectionRow[]> {
    const { tx } = this.database;
    return tx.query<ConnectionRow>(
      `SELECT ${COLUMNS} FROM channel_connections
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [tx.orgId, beforeId, limit],
    );
  }

  /** The same of numbers that the organization at hand lets others use. */
  listShared(limit: number, beforeId: string | null): Promise<ConnectionRow[]> {
    const { tx } = this.database;
    return tx.query<ConnectionRow>(
      `SELECT ${COLUMNS} FROM channel_connections
       WHERE org_id = $1 AND routing = 'shared' AND shared_connection_id IS NULL AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [tx.orgId, beforeId, limit],
    );
  }

  find(id: Uuid): Promise<ConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConnectionRow>(`SELECT ${COLUMNS} FROM channel_connections WHERE org_id = $1 AND id = $2`, [
      tx.orgId,
      id,
    ]);
  }

  /** The active connections of one channel in the organization at hand, oldest first. */
  activeOn(channel: Channel): Promise<ConnectionRow[]> {
    const { tx } = this.database;
    return tx.query<ConnectionRow>(
      `SELECT ${COLUMNS} FROM channel_connections WHERE org_id = $1 AND channel = $2 AND is_active ORDER BY id`,
      [tx.orgId, channel],
    );
  }

  /** The version of a connection that nobody else can change until the transaction ends. */
  async lockVersion(id: Uuid): Promise<number | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ version: number }>(
      'SELECT version FROM channel_connections WHERE org_id = $1 AND id = $2 FOR UPDATE',
      [tx.orgId, id],
    );
    return row?.version;
  }

  /** Needs the service role. */
  findWithCredentials(id: Uuid): Promise<SealedConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<SealedConnectionRow>(
      `SELECT ${COLUMNS}, credentials FROM channel_connections WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
  }

  /** Changes what a member may change; undefined when there is no such connection. */
  change(
    id: Uuid,
    { friendlyName, isActive, sendsPerSecond }: ConnectionChange,
  ): Promise<ConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConnectionRow>(
      `UPDATE channel_connections SET friendly_name = COALESCE($3, friendly_name), is_active = COALESCE($4, is_active),
         sends_per_second = COALESCE($5, sends_per_second)
       WHERE org_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tx.orgId, id, friendlyName ?? null, isActive ?? null, sendsPerSecond ?? null],
    );
  }

  /** Notes that the provider accepted the credentials; undefined when there is no such connection. Needs the service role. */
  noteVerified(id: Uuid, at: Date, expireAt: Date | null): Promise<ConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConnectionRow>(
      `UPDATE channel_connections SET last_verified_at = $3, credentials_expire_at = $4
       WHERE org_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tx.orgId, id, at, expireAt],
    );
  }

  /** Replaces the credentials by others that were accepted. Needs the service role. */
  replaceCredentials(
    id: Uuid,
    { text, keyId }: SealedText,
    { at, expireAt, previous }: Replacement,
  ): Promise<ConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConnectionRow>(
      `UPDATE channel_connections SET credentials = $3, credentials_key_id = $4, last_verified_at = $5, credentials_expire_at = $6,
         previous_credentials = CASE WHEN $7 THEN $8 ELSE previous_credentials END,
         previous_credentials_key_id = CASE WHEN $7 THEN $9::uuid ELSE previous_credentials_key_id END,
         previous_credentials_until = CASE WHEN $7 THEN $10::timestamptz ELSE previous_credentials_until END
       WHERE org_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [
        ...[tx.orgId, id, text, keyId, at, expireAt],
        ...[previous !== undefined, previous?.text ?? null, previous?.keyId ?? null, previous?.until ?? null],
      ],
    );
  }

  /** The token by which a provider's handshake is known. Needs the service role. */
  async verifyTokenOf(id: Uuid): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ token: string }>(
      'SELECT webhook_verify_token AS token FROM channel_connections WHERE org_id = $1 AND id = $2',
      [tx.orgId, id],
    );
    return row?.token;
  }

  /** Needs the service role. */
  async replaceVerifyToken(id: Uuid, token: string): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      'UPDATE channel_connections SET webhook_verify_token = $3 WHERE org_id = $1 AND id = $2',
      [tx.orgId, id, token],
    );
  }

  /** Removes a connection; conversations over it stay. */
  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('DELETE FROM channel_connections WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }
}

/** What other modules see of a row. */
export function summaryOf(row: ConnectionRow): ConnectionSummary {
  return {
    id: row.id,
    channel: row.channel,
    provider: row.provider,
    address: row.address,
    friendlyName: row.friendly_name,
    isActive: row.is_active,
    accountId: row.provider_account_id,
    numberId: row.provider_number_id,
    routing: row.routing,
  };
}

/** What members see of a row. */
export function connectionOf(row: ConnectionRow): Connection {
  return {
    ...summaryOf(row),
    sendsPerSecond: row.sends_per_second,
    lastVerifiedAt: row.last_verified_at,
    credentialsExpireAt: row.credentials_expire_at,
    verificationMode: row.verification_mode,
    observeUntil: row.observe_until,
    previousCredentialsUntil: row.previous_credentials_until,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
