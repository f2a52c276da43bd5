import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobRegistry } from '../../../common/jobs';
import type { Channel, ProviderName, Routing } from '../domain/channel';
import type { WebhookVerdict } from '../domain/webhook-errors';

/** A connection as intake finds it, before an organization is known, with the key to its credentials. */
export interface DirectoryRow extends Record<string, unknown> {
  org_id: Uuid;
  id: Uuid;
  provider: ProviderName;
  channel: Channel;
  routing: Routing;
  address: string;
  provider_account_id: string;
  provider_number_id: string | null;
  credentials: string;
  wrapped_key: string;
  master_key_id: string;
  previous_credentials: string | null;
  previous_wrapped_key: string | null;
  previous_master_key_id: string | null;
  previous_until: Date | null;
  observe_until: Date | null;
}

/** A connection that stands for a shared number, and the number's own. */
export interface SharedMemberRow extends Record<string, unknown> {
  org_id: Uuid;
  id: Uuid;
  number_id: Uuid;
}

/** The connection that a handshake is for, and whether its token is right. */
export interface HandshakeRow extends Record<string, unknown> {
  org_id: Uuid;
  id: Uuid;
  fits: boolean;
}

/** A delivery as it is logged. */
export interface WebhookRecord {
  readonly logId: Uuid;
  readonly source: string;
  readonly type: string;
  readonly externalId: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signature: string | null;
  readonly ip: string | null;
  readonly receivedAt: Date;
}

/** An event that is taken in, with what it is claimed and queued by. */
export interface AcceptedWebhook extends WebhookRecord {
  readonly orgId: Uuid;
  readonly connectionId: Uuid;
  readonly eventRowId: Uuid;
  readonly eventId: string;
  readonly eventType: string;
  readonly payloadHash: string;
  readonly requestId: Uuid;
  /** What there is against its signature; null when that fits. */
  readonly verdict: WebhookVerdict | null;
  /** It came over a shared number: whose it is, is found out by a job of the number's owner. */
  readonly isRouted: boolean;
}

/** A delivery that was not taken in. */
export interface RefusedWebhook extends WebhookRecord {
  /** Null while it is not known whose it would have been. */
  readonly orgId: Uuid | null;
  readonly status: number;
  readonly reason: WebhookVerdict;
  readonly connectionId: Uuid | null;
}

/** The job that works a delivery off; `accept_webhook()` queues it by this name. */
export const PROCESS_WEBHOOK = 'channels.process-webhook';

/** Where to look for a connection. */
export interface ConnectionSought {
  readonly provider: ProviderName;
  readonly channel: Channel;
  readonly address: string | null;
  readonly numberId: string | null;
  readonly accountId: string;
  readonly id: Uuid | null;
}

const TYPES =
  'uuid uuid uuid text text text text text jsonb jsonb text inet timestamptz uuid text text text uuid int text'.split(
    ' ',
  );

const ONE = TYPES.map((_, i) => `$${i + 1}`).join(', ');
const ACCEPT_ONE = `SELECT accept_webhook(${ONE}) AS is_new`;
const ACCEPT_ONE_ROUTED = `SELECT accept_shared_webhook(${ONE}) AS is_new`;

/** The same of each element of an array of arrays, in one statement: all events of a request, or none. */
const EACH = TYPES.map((type, i) => `(e ->> ${i})::${type}`).join(', ');
const ACCEPT_MANY = `SELECT CASE WHEN (e ->> ${TYPES.length})::boolean THEN accept_shared_webhook(${EACH})
    ELSE accept_webhook(${EACH}) END AS is_new
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS events (e, n) ORDER BY n`;

function valuesOf(webhook: AcceptedWebhook): unknown[] {
  return [
    webhook.logId,
    webhook.orgId,
    webhook.connectionId,
    webhook.source,
    webhook.type,
    webhook.externalId,
    webhook.url,
    webhook.method,
    JSON.stringify(webhook.headers),
    JSON.stringify(webhook.payload),
    webhook.signature,
    webhook.ip,
    webhook.receivedAt,
    webhook.eventRowId,
    webhook.eventId,
    webhook.eventType,
    webhook.payloadHash,
    webhook.requestId,
  ];
}

/** Webhook intake: each step is one statement of no organization, committed by itself. */
@Injectable()
export class WebhookIntake {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
  ) {}

  /** By the connection's id; without one by the provider's id of its number, by its number or, without either, by its account. */
  async findConnection(wanted: ConnectionSought): Promise<DirectoryRow | undefined> {
    const [row] = await this.database.platform<DirectoryRow>(
      `SELECT org_id, id, provider, channel, routing, address, provider_account_id, provider_number_id, credentials, wrapped_key,
         master_key_id, previous_credentials, previous_wrapped_key, previous_master_key_id, previous_until, observe_until
       FROM find_webhook_connection($1, $2, $3, $4, $5, $6)`,
      [wanted.provider, wanted.channel, wanted.address, wanted.numberId, wanted.accountId, wanted.id],
    );
    return row;
  }

  /** Connections of an account at a provider, at most 20, those that are switched on first. */
  async connectionsOfAccount(
    { provider, channel }: Pick<ConnectionSought, 'provider' | 'channel'>,
    accountId: string,
  ): Promise<Uuid[]> {
    const rows = await this.database.platform<{ id: Uuid }>(
      'SELECT id FROM find_account_connections($1, $2, $3)',
      [provider, channel, accountId],
    );
    return rows.map(({ id }) => id);
  }

  /** Whom a provider's handshake is for: the connection named or, where none is, the one with this token; undefined of neither. */
  async findHandshake(
    { provider, channel }: Pick<ConnectionSought, 'provider' | 'channel'>,
    token: string,
    connectionId: Uuid | null,
  ): Promise<HandshakeRow | undefined> {
    const [row] = await this.database.platform<HandshakeRow>(
      'SELECT org_id, id, fits FROM find_handshake_connection($1, $2, $3, $4)',
      [provider, channel, token, connectionId],
    );
    return row;
  }

  /** The number that a connection of one who shares it stands for; undefined when it is none. */
  async findSharedMember(id: Uuid): Promise<SharedMemberRow | undefined> {
    const [row] = await this.database.platform<SharedMemberRow>(
      'SELECT org_id, id, number_id FROM find_shared_member($1)',
      [id],
    );
    return row;
  }

  /**
   * Logs events, claims them and queues the work, all or none. Tells of each whether it is new: one that was taken in before is
   * only logged.
   */
  async accept(webhooks: readonly AcceptedWebhook[]): Promise<boolean[]> {
    const [single] = webhooks;
    const values = (webhook: AcceptedWebhook): unknown[] => [
      ...valuesOf(webhook),
      this.maxAttempts,
      webhook.verdict,
    ];
    if (single && webhooks.length === 1) {
      const statement = single.isRouted ? ACCEPT_ONE_ROUTED : ACCEPT_ONE;
      const [row] = await this.database.platform<{ is_new: boolean }>(statement, values(single));
      return [row?.is_new ?? false];
    }
    const rows = await this.database.platform<{ is_new: boolean }>(ACCEPT_MANY, [
      JSON.stringify(webhooks.map((webhook) => [...values(webhook), webhook.isRouted])),
    ]);
    return rows.map(({ is_new: isNew }) => isNew);
  }

  private get maxAttempts(): number {
    return this.registry.get(PROCESS_WEBHOOK).options.maxAttempts;
  }

  async logRefused(webhook: RefusedWebhook): Promise<void> {
    await this.database.platform(
      'SELECT log_refused_webhook($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
      [
        webhook.logId,
        webhook.orgId,
        webhook.source,
        webhook.type,
        webhook.externalId,
        webhook.url,
        webhook.method,
        JSON.stringify(webhook.headers),
        JSON.stringify(webhook.payload),
        webhook.signature,
        webhook.ip,
        webhook.receivedAt,
        webhook.status,
        webhook.reason,
        webhook.connectionId,
      ],
    );
  }

  /** Makes the months of the log that are to come. Returns how many. */
  async makePartitions(monthsAhead: number): Promise<number> {
    const [row] = await this.database.platform<{ made: number }>(
      `SELECT ensure_month_partitions('webhook_logs', $1) AS made`,
      [monthsAhead],
    );
    return row?.made ?? 0;
  }

  /** Drops months of the log that are over and empty. Returns how many. */
  async dropEmptyPartitions(): Promise<number> {
    const [row] = await this.database.platform<{ dropped: number }>(
      'SELECT drop_empty_webhook_log_partitions() AS dropped',
      [],
    );
    return row?.dropped ?? 0;
  }

  /** Deletes a batch of logs that are worked off and older than their organization keeps them. Returns how many. */
  async expireLogs(batch: number): Promise<number> {
    const [row] = await this.database.platform<{ gone: number }>('SELECT expire_webhook_logs($1) AS gone', [
      batch,
    ]);
    return row?.gone ?? 0;
  }

  /** Deletes a batch of claims of events that are worked off, a week after their logs. Returns how many. */
  async expireEvents(batch: number): Promise<number> {
    const [row] = await this.database.platform<{ gone: number }>('SELECT expire_webhook_events($1) AS gone', [
      batch,
    ]);
    return row?.gone ?? 0;
  }
}
