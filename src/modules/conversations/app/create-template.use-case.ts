import { Injectable } from '@nestjs/common';
import { MessageTemplatesRepository, type TextTemplate } from '../db/message-templates.repository';
import { checkTemplate, languageTag, tidyBody } from '../domain/template-rules';
import { InvitationCheck } from './invitation-check';
import { templateView, type TemplateView } from './template-view';

/** Adds a text template of the organization's own. */
@Injectable()
export class CreateTemplate {
  constructor(
    private readonly templates: MessageTemplatesRepository,
    private readonly invitations: InvitationCheck,
  ) {}

  /** Throws `TemplateInvalid` and `TemplateNameTaken`. */
  async execute(given: TextTemplate): Promise<TemplateView> {
    const template = { ...given, body: tidyBody(given.body) };
    checkTemplate(template, await this.invitations.linter());
    const language = languageTag(template.language) ?? template.language;
    return templateView(await this.templates.insertText({ ...template, language }));
  }
}
