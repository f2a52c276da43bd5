import type { Uuid } from '../../../common/context';
import type { TemplateRow } from '../db/message-templates.repository';
import type { ConsentPurpose } from '../domain/message-content';
import type { MessageTemplate, TemplateApproval, TemplateKind } from '../domain/template';
import type { TemplateVariable } from '../domain/template-variable';

/** Where a provider holds a template, and what it thinks of it. */
export interface TemplateHoldView {
  readonly name: string;
  readonly accountId: string;
  readonly contentId: string;
  readonly contentType: string | null;
  readonly approval: TemplateApproval;
  readonly rejectionReason: string | null;
}

/** A template as members see it. */
export interface TemplateView {
  readonly id: Uuid;
  readonly kind: TemplateKind;
  readonly name: string;
  readonly language: string;
  readonly consentPurpose: ConsentPurpose;
  readonly body: string | null;
  readonly variables: TemplateVariable[];
  readonly isActive: boolean;
  readonly provider: TemplateHoldView | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function templateView(row: TemplateRow): TemplateView {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    language: row.language,
    consentPurpose: row.consent_purpose,
    body: row.body,
    variables: row.variables,
    isActive: row.is_active,
    provider: holdOf(row),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function holdOf(row: TemplateRow): TemplateHoldView | null {
  const { provider, provider_account_id: accountId, provider_template_id: contentId, approval } = row;
  if (provider === null || accountId === null || contentId === null || approval === null) return null;
  const { content_type: contentType, rejection_reason: rejectionReason } = row;
  return { name: provider, accountId, contentId, contentType, approval, rejectionReason };
}

/** The same, as far as it decides what is sent. */
export function messageTemplate(row: TemplateRow): MessageTemplate {
  const { id, language, consentPurpose, body, variables, isActive, provider } = templateView(row);
  const heldBy = provider && { ...provider, provider: provider.name };
  return { id, language, consentPurpose, body, variables, isActive, heldBy };
}
