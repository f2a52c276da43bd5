import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { ConsentPurpose } from '../domain/message-content';
import type { TemplateApproval, TemplateKind } from '../domain/template';
import { TemplateNameTaken } from '../domain/template-errors';
import type { TemplateVariable } from '../domain/template-variable';

/** A template as it is stored. */
export interface TemplateRow extends Record<string, unknown> {
  id: Uuid;
  kind: TemplateKind;
  name: string;
  language: string;
  consent_purpose: ConsentPurpose;
  body: string | null;
  variables: TemplateVariable[];
  /** These are null for a text of our own. */
  provider: string | null;
  provider_account_id: string | null;
  provider_template_id: string | null;
  content_type: string | null;
  approval: TemplateApproval | null;
  rejection_reason: string | null;
  provider_purpose: ConsentPurpose | null;
  is_active: boolean;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/** What makes a text template. */
export interface TextTemplate {
  readonly name: string;
  readonly language: string;
  readonly consentPurpose: ConsentPurpose;
  readonly body: string;
  readonly variables: readonly TemplateVariable[];
  readonly isActive: boolean;
}

/** Which templates are wanted; what is left out does not matter. */
export interface TemplateFilter {
  readonly kind?: TemplateKind | undefined;
  readonly language?: string | undefined;
  readonly approval?: TemplateApproval | undefined;
  readonly purpose?: ConsentPurpose | undefined;
  /** What the name begins with, in any case. */
  readonly search?: string | undefined;
}

export const TEMPLATE_COLUMNS = `id, kind, name, language, consent_purpose, body, variables, provider, provider_account_id,
  provider_template_id, content_type, approval, rejection_reason, provider_purpose, is_active, version, created_at, updated_at`;

/** Templates as members write, change and read them. */
@Injectable()
export class MessageTemplatesRepository {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<TemplateRow | undefined> {
    const { tx } = this.database;
    return tx.one<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM message_templates WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
  }

  /** Those of several that are there. */
  findAll(ids: readonly Uuid[]): Promise<TemplateRow[]> {
    const { tx } = this.database;
    return tx.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM message_templates WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY name, language`,
      [tx.orgId, ids],
    );
  }

  /** One; nobody else changes it until the transaction ends. */
  lock(id: Uuid): Promise<TemplateRow | undefined> {
    const { tx } = this.database;
    return tx.one<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM message_templates WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Those of several that are there; nobody changes them until the transaction ends, and several may hold them so. */
  holdStill(ids: readonly Uuid[]): Promise<TemplateRow[]> {
    const { tx } = this.database;
    return tx.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM message_templates WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR SHARE`,
      [tx.orgId, ids],
    );
  }

  /** Newest first: ids are made in the order of time. */
  list(
    { kind, language, approval, purpose, search }: TemplateFilter,
    beforeId: string | null,
    limit: number,
  ): Promise<TemplateRow[]> {
    const { tx } = this.database;
    return tx.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM message_templates
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($4::text IS NULL OR kind = $4)
         AND ($5::text IS NULL OR language = $5) AND ($6::text IS NULL OR approval = $6)
         AND ($7::text IS NULL OR consent_purpose = $7) AND ($8::text IS NULL OR lower(name) ^@ lower($8))
       ORDER BY id DESC LIMIT $3`,
      [
        ...[tx.orgId, beforeId, limit],
        ...[kind ?? null, language ?? null, approval ?? null, purpose ?? null, search ?? null],
      ],
    );
  }

  /** Throws {@link TemplateNameTaken}. */
  insertText({
    name,
    language,
    consentPurpose,
    body,
    variables,
    isActive,
  }: TextTemplate): Promise<TemplateRow> {
    const { tx } = this.database;
    return this.written(
      tx.one<TemplateRow>(
        `INSERT INTO message_templates (org_id, id, kind, name, language, consent_purpose, body, variables, is_active)
         VALUES ($1, $2, 'text', $3, $4, $5, $6, $7, $8) RETURNING ${TEMPLATE_COLUMNS}`,
        [tx.orgId, newId(), name, language, consentPurpose, body, JSON.stringify(variables), isActive],
      ),
    );
  }

  /** Of a locked text template. Throws {@link TemplateNameTaken}. */
  changeText(
    id: Uuid,
    { name, language, consentPurpose, body, variables, isActive }: TextTemplate,
  ): Promise<TemplateRow> {
    const { tx } = this.database;
    return this.written(
      tx.one<TemplateRow>(
        `UPDATE message_templates SET name = $3, language = $4, consent_purpose = $5, body = $6, variables = $7, is_active = $8
         WHERE org_id = $1 AND id = $2 RETURNING ${TEMPLATE_COLUMNS}`,
        [tx.orgId, id, name, language, consentPurpose, body, JSON.stringify(variables), isActive],
      ),
    );
  }

  /** Of a locked template of a provider: what members decide about it. */
  changeUse(
    id: Uuid,
    { consentPurpose, isActive }: { readonly consentPurpose: ConsentPurpose; readonly isActive: boolean },
  ): Promise<TemplateRow> {
    const { tx } = this.database;
    return this.written(
      tx.one<TemplateRow>(
        `UPDATE message_templates SET consent_purpose = $3, is_active = $4
         WHERE org_id = $1 AND id = $2 RETURNING ${TEMPLATE_COLUMNS}`,
        [tx.orgId, id, consentPurpose, isActive],
      ),
    );
  }

  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('DELETE FROM message_templates WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  private async written(work: Promise<TemplateRow | undefined>): Promise<TemplateRow> {
    try {
      const row = await work;
      if (!row) throw new Error('a locked template is gone');
      return row;
    } catch (error) {
      throw violatesUnique(error, 'idx_message_templates_name') ? new TemplateNameTaken() : error;
    }
  }
}
