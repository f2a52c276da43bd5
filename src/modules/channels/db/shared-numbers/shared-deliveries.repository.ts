import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobRegistry } from '../../../../common/jobs';
import type { ConsentAction, ConsentPurpose } from '../../domain/consent';
import type { ConsentKeyword } from '../../domain/consent-keywords';
import type { InboundMessage } from '../../domain/provider';
import type { Candidate } from '../../domain/shared-routing';
import type { WebhookRef } from '../../domain/webhook-events';
import { PROCESS_WEBHOOK } from '../webhook-intake.repository';
import type { LoggedDeliveryRow } from '../webhook-logs.repository';

/** A delivery over a shared number, and the claim of its event. */
export interface ClaimedDelivery extends WebhookRef {
  /** The number's own connection. */
  readonly connectionId: Uuid;
  /** Row of `processed_webhook_events`. */
  readonly eventId: Uuid;
}

/** The job by which organizations hear of a word about consent; `tell_shared_word()` queues it by this name. */
export const RECORD_SHARED_WORD = 'channels.record-shared-word';

/** What somebody said about consent over a shared number. */
export interface SaidOverNumber {
  readonly from: InboundMessage['from'];
  readonly action: ConsentAction;
  readonly purpose: ConsentPurpose;
  /** By a word, or to the provider itself. */
  readonly source: 'keyword' | 'provider';
  /** The message, or what is told of it, that said so. */
  readonly messageId: string;
  readonly saidAt: Date;
}

interface CandidateRow extends Record<string, unknown> {
  org_id: Uuid;
  name: string;
  locale: string;
  is_customer: boolean;
  mapping_id: Uuid | null;
  last_said_at: Date | null;
  is_opted_out: boolean;
  own_word: ConsentKeyword | null;
  is_closed_here: boolean;
}

/** Deliveries whose organization is not known yet, for that which owns the number they came over. Needs the service role. */
@Injectable()
export class SharedDeliveries {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
  ) {}

  /** Undefined when it was worked off, or expired. */
  read({ webhookLogId, receivedAt }: WebhookRef): Promise<LoggedDeliveryRow | undefined> {
    return this.database.tx.one<LoggedDeliveryRow>(
      'SELECT webhook_source, webhook_type, url, payload, received_at, verdict FROM read_shared_delivery($1, $2)',
      [webhookLogId, receivedAt],
    );
  }

  /** Who of those that use a number can be meant by a sender, by name. */
  async candidates(numberId: Uuid, from: InboundMessage['from'], word: string | null): Promise<Candidate[]> {
    const rows = await this.database.tx.query<CandidateRow>(
      `SELECT org_id, name, locale, is_customer, mapping_id, last_said_at, is_opted_out, own_word, is_closed_here
       FROM find_shared_candidates($1, $2, $3, $4)`,
      [numberId, from.address, from.phone, word],
    );
    return rows.map((row) => ({
      orgId: row.org_id,
      name: row.name,
      locale: row.locale,
      isCustomer: row.is_customer,
      mappingId: row.mapping_id,
      lastSaidAt: row.last_said_at,
      isOptedOut: row.is_opted_out,
      ownWord: row.own_word,
      isClosedHere: row.is_closed_here,
    }));
  }

  /** Whose message a status is about; undefined when it is nobody's of those that use the number. */
  async senderOf(
    numberId: Uuid,
    message: { readonly messageId: string | null; readonly providerMessageId: string },
  ): Promise<Uuid | undefined> {
    const row = await this.database.tx.one<{ org_id: Uuid | null }>(
      'SELECT find_shared_message($1, $2, $3) AS org_id',
      [numberId, message.messageId, message.providerMessageId],
    );
    return row?.org_id ?? undefined;
  }

  /** Gives a delivery to an organization, which works it off like any other. `no_member`: it does not use the number. */
  async give(delivery: ClaimedDelivery, orgId: Uuid): Promise<'given' | 'no_member' | 'gone'> {
    const { tx } = this.database;
    const row = await tx.one<{ refusal: 'no_member' | 'gone' | null }>(
      'SELECT route_shared_delivery($1, $2, $3, $4, $5, $6, $7) AS refusal',
      [
        delivery.connectionId,
        orgId,
        delivery.webhookLogId,
        delivery.receivedAt,
        delivery.eventId,
        tx.scope.requestId,
        this.registry.get(PROCESS_WEBHOOK).options.maxAttempts,
      ],
    );
    const refusal = row?.refusal ?? 'given';
    // The operator's own use of its number works off this very claim.
    if (refusal === 'given' && orgId !== tx.orgId) await this.endClaim(delivery.eventId, null);
    return refusal;
  }

  /** A delivery is over without an organization. */
  async end(delivery: ClaimedDelivery, startedAt: Date, failure: string | null): Promise<void> {
    await this.note(delivery, startedAt, failure === null ? 'processed' : 'failed', failure);
    await this.endClaim(delivery.eventId, failure);
  }

  /** Notes an attempt that failed; another one may follow. */
  noteFailure(delivery: WebhookRef, startedAt: Date, reason: string): Promise<void> {
    return this.note(delivery, startedAt, null, reason);
  }

  /** Has organizations note what a person said about consent over the number, in a message to another one or to the provider. */
  async tell(numberId: Uuid, told: readonly Candidate[], said: SaidOverNumber): Promise<void> {
    const { tx } = this.database;
    const { maxAttempts } = this.registry.get(RECORD_SHARED_WORD).options;
    const { from, action, purpose, source, messageId, saidAt } = said;
    for (const { orgId } of told)
      await tx.query('SELECT tell_shared_word($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
        ...[numberId, orgId, from.address, from.phone, action, messageId, saidAt],
        ...[tx.scope.requestId, maxAttempts, purpose, source],
      ]);
  }

  private async note(
    { webhookLogId, receivedAt }: WebhookRef,
    startedAt: Date,
    status: string | null,
    reason: string | null,
  ): Promise<void> {
    await this.database.tx.query('SELECT note_shared_delivery($1, $2, $3, $4, $5)', [
      webhookLogId,
      receivedAt,
      startedAt,
      status,
      reason,
    ]);
  }

  private async endClaim(eventRowId: Uuid, failure: string | null): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE processed_webhook_events SET status = CASE WHEN $3::text IS NULL THEN 'processed' ELSE 'failed' END,
         processed_at = clock_timestamp(), error_message = $3
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, eventRowId, failure],
    );
  }
}
