import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { HeldTemplate, ListedTemplate } from '../domain/template-sync';

/** Whose templates are meant. */
export interface TemplateAccount {
  readonly provider: string;
  readonly accountId: string;
}

/** How the last reading of an account's templates ended. */
export interface TemplateSync extends Record<string, unknown> {
  readonly syncedAt: Date | null;
  readonly errorCode: string | null;
}

/** Templates as a provider tells of them. Needs the service role. */
@Injectable()
export class ProviderTemplatesRepository {
  constructor(private readonly database: Database) {}

  /** All that are known of an account; until the transaction ends no other reading of it is applied. */
  async lockAll({ provider, accountId }: TemplateAccount): Promise<HeldTemplate[]> {
    const { tx } = this.database;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `message_templates:${tx.orgId}:${provider}:${accountId}`,
    ]);
    return tx.query<HeldTemplate & Record<string, unknown>>(
      `SELECT id, provider_template_id AS "contentId", name, language, content_type AS "contentType", body, variables,
         approval, rejection_reason AS "rejectionReason", provider_purpose AS "providerPurpose",
         consent_purpose AS "consentPurpose"
       FROM message_templates
       WHERE org_id = $1 AND kind = 'provider' AND provider = $2 AND provider_account_id = $3 ORDER BY id FOR UPDATE`,
      [tx.orgId, provider, accountId],
    );
  }

  async insert({ provider, accountId }: TemplateAccount, listed: ListedTemplate, at: Date): Promise<Uuid> {
    const { tx } = this.database;
    const id = newId();
    await tx.execute(
      `INSERT INTO message_templates (org_id, id, kind, provider, provider_account_id, provider_template_id, synced_at,
         name, language, content_type, body, variables, approval, rejection_reason, provider_purpose, consent_purpose)
       VALUES ($1, $2, 'provider', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
      [tx.orgId, id, provider, accountId, listed.contentId, at, ...fieldsOf(listed)],
    );
    return id;
  }

  /** What members decided about it stays, unless the provider is stricter. */
  async update(id: Uuid, listed: ListedTemplate, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE message_templates SET synced_at = $3, name = $4, language = $5, content_type = $6, body = $7, variables = $8,
         approval = $9, rejection_reason = $10, provider_purpose = $11::text,
         consent_purpose = CASE WHEN $11::text = 'marketing' THEN $11::text ELSE consent_purpose END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, at, ...fieldsOf(listed)],
    );
  }

  /** The provider has it no more. */
  async markGone(id: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE message_templates SET approval = 'disabled', is_active = false, synced_at = $3 WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, at],
    );
  }

  /** Null for `errorCode`: the templates were read. Nothing is kept of a connection that is gone. */
  async note(connectionId: Uuid, errorCode: string | null, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `INSERT INTO template_syncs (org_id, connection_id, tried_at, synced_at, error_code)
       SELECT org_id, id, $3::timestamptz, CASE WHEN $4::text IS NULL THEN $3::timestamptz END, $4::text FROM channel_connections WHERE org_id = $1 AND id = $2
       ON CONFLICT (org_id, connection_id) DO UPDATE SET tried_at = EXCLUDED.tried_at, error_code = EXCLUDED.error_code,
         synced_at = COALESCE(EXCLUDED.synced_at, template_syncs.synced_at)`,
      [tx.orgId, connectionId, at, errorCode],
    );
  }

  /** Undefined when they were never read over this connection. */
  lastOf(connectionId: Uuid): Promise<TemplateSync | undefined> {
    const { tx } = this.database;
    return tx.one<TemplateSync>(
      `SELECT synced_at AS "syncedAt", error_code AS "errorCode" FROM template_syncs WHERE org_id = $1 AND connection_id = $2`,
      [tx.orgId, connectionId],
    );
  }
}

function fieldsOf(listed: ListedTemplate): unknown[] {
  return [
    ...[listed.name, listed.language, listed.contentType, listed.body, JSON.stringify(listed.variables)],
    ...[listed.approval, listed.rejectionReason, listed.providerPurpose],
  ];
}
