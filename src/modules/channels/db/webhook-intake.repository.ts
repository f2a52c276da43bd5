import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobRegistry } from '../../../common/jobs';
import type { Channel, ProviderName } from '../domain/channel';

/** A connection as intake finds it, before an organization is known, with the key to its credentials. */
export interface DirectoryRow extends Record<string, unknown> {
  org_id: Uuid;
  id: Uuid;
  provider: ProviderName;
  address: string;
  provider_account_id: string;
  credentials: string;
  wrapped_key: string;
  master_key_id: string;
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
  readonly payload: Readonly<Record<string, string>>;
  readonly signature: string | null;
  readonly ip: string | null;
  readonly receivedAt: Date;
}

/** A verified delivery, with what it is claimed and queued by. */
export interface AcceptedWebhook extends WebhookRecord {
  readonly orgId: Uuid;
  readonly connectionId: Uuid;
  readonly eventRowId: Uuid;
  readonly eventId: string;
  readonly eventType: string;
  readonly payloadHash: string;
  readonly requestId: Uuid;
}

/** A delivery that was not taken in. */
export interface RefusedWebhook extends WebhookRecord {
  /** Null while it is not known whose it would have been. */
  readonly orgId: Uuid | null;
  readonly status: number;
  readonly reason: string;
}

/** The job that works a delivery off; `accept_webhook()` queues it by this name. */
export const PROCESS_WEBHOOK = 'channels.process-webhook';

/** Webhook intake: each step is one statement of no organization, committed by itself. */
@Injectable()
export class WebhookIntake {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
  ) {}

  /** By the connection's id or, without one, by its number. */
  async findConnection(
    channel: Channel,
    address: string,
    id: Uuid | null,
  ): Promise<DirectoryRow | undefined> {
    const [row] = await this.database.platform<DirectoryRow>(
      `SELECT org_id, id, provider, address, provider_account_id, credentials, wrapped_key, master_key_id
       FROM find_webhook_connection($1, $2, $3)`,
      [channel, address, id],
    );
    return row;
  }

  /** Logs it, claims its event and queues the work. False when the event was taken in before: then it is only logged. */
  async accept(webhook: AcceptedWebhook): Promise<boolean> {
    const [row] = await this.database.platform<{ is_new: boolean }>(
      `SELECT accept_webhook($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) AS is_new`,
      [
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
        this.registry.get(PROCESS_WEBHOOK).options.maxAttempts,
      ],
    );
    return row?.is_new ?? false;
  }

  async logRefused(webhook: RefusedWebhook): Promise<void> {
    await this.database.platform(
      'SELECT log_refused_webhook($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
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
