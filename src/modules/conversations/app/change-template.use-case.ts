import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import {
  MessageTemplatesRepository,
  type TemplateRow,
  type TextTemplate,
} from '../db/message-templates.repository';
import { TemplateHeldByProvider, TemplateNotFound, TemplatePurposeTooLax } from '../domain/template-errors';
import { checkTemplate, languageTag, tidyBody } from '../domain/template-rules';
import { InvitationCheck } from './invitation-check';
import { templateView, type TemplateView } from './template-view';

/** What is changed; what is left out stays. */
export type TemplateChange = { readonly [Field in keyof TextTemplate]?: TextTemplate[Field] | undefined };

/** What a provider's template says is written at the provider. */
const WRITTEN = ['name', 'language', 'body', 'variables'] as const;

/** Changes a text template, or what members decide about a provider's. Messages that are written already stay as they are. */
@Injectable()
export class ChangeTemplate {
  constructor(
    private readonly templates: MessageTemplatesRepository,
    private readonly invitations: InvitationCheck,
  ) {}

  /**
   * Throws `TemplateNotFound`, `StaleVersion`, `TemplateInvalid`, `TemplateNameTaken`, `TemplateHeldByProvider` and
   * `TemplatePurposeTooLax`.
   */
  async execute(id: Uuid, change: TemplateChange, ifMatch: number | undefined): Promise<TemplateView> {
    const row = await this.templates.lock(id);
    if (!row) throw new TemplateNotFound();
    checkVersion(row.version, ifMatch);
    return templateView(
      await (row.kind === 'text' ? this.changeText(row, change) : this.changeUse(row, change)),
    );
  }

  private async changeText(row: TemplateRow, change: TemplateChange): Promise<TemplateRow> {
    const {
      name = row.name,
      language = row.language,
      consentPurpose = row.consent_purpose,
      variables = row.variables,
      isActive = row.is_active,
    } = change;
    const body = tidyBody(change.body ?? row.body ?? '');
    checkTemplate({ language, body, variables }, await this.invitations.linter());
    return this.templates.changeText(row.id, {
      ...{ name, language: languageTag(language) ?? language },
      ...{ consentPurpose, body, variables, isActive },
    });
  }

  /** A provider's category is the least that holds: members may be stricter. */
  private async changeUse(row: TemplateRow, change: TemplateChange): Promise<TemplateRow> {
    const { consentPurpose = row.consent_purpose, isActive = row.is_active } = change;
    if (WRITTEN.some((field) => change[field] !== undefined)) throw new TemplateHeldByProvider();
    if (row.provider_purpose === 'marketing' && consentPurpose !== 'marketing')
      throw new TemplatePurposeTooLax();
    return this.templates.changeUse(row.id, { consentPurpose, isActive });
  }
}
