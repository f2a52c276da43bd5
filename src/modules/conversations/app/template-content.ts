import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { RuleError } from '../../../common/errors';
import { MessageTemplatesRepository } from '../db/message-templates.repository';
import type { ConsentPurpose, MessageContent, TemplateUse } from '../domain/message-content';
import type { MessageTemplate, TemplateRoute } from '../domain/template';
import { TemplateVariablesInvalid, UnknownTemplate } from '../domain/template-errors';
import { withoutInvitation } from '../domain/invitation';
import { rendererOf, type TemplateValues } from '../domain/template-rendering';
import { checkSendable } from '../domain/template-sending';
import { InvitationCheck } from './invitation-check';
import { messageTemplate } from './template-view';

/** A template that someone wants to send, and what it is to be filled in with. */
export interface TemplateChoice {
  readonly templateId: Uuid;
  readonly variables: TemplateValues;
}

/** What a template comes to for one person. */
export interface ComposedTemplate {
  readonly content: MessageContent;
  /** What that person must have consented to. */
  readonly purpose: ConsentPurpose;
}

/** A template that can be sent, ready to be filled in for many. */
export interface PreparedTemplate {
  readonly purpose: ConsentPurpose;
  /** Computes, and nothing else. Throws `TemplateVariablesInvalid`. */
  readonly render: (values: TemplateValues) => MessageContent;
}

/** What templates become as messages. */
@Injectable()
export class TemplateContent {
  constructor(
    private readonly templates: MessageTemplatesRepository,
    private readonly invitations: InvitationCheck,
  ) {}

  /**
   * Fills a template in for one message of the transaction at hand. `field` is where the caller's body names it: its id is
   * `<field>.id`, its values `<field>.variables`. Throws `UnknownTemplate`, `TemplateNotActive`, `TemplateNotForChannel`,
   * `TemplateOfAnotherAccount`, `TemplateNotApproved` and `TemplateVariablesInvalid`.
   */
  async compose(
    { templateId, variables }: TemplateChoice,
    route: TemplateRoute,
    field = 'template',
  ): Promise<ComposedTemplate> {
    const { purpose, render } = await this.prepare(templateId, route);
    try {
      return { purpose, content: render(variables) };
    } catch (error) {
      if (!(error instanceof TemplateVariablesInvalid)) throw error;
      throw new TemplateVariablesInvalid(
        error.fields.map((each) => ({ ...each, field: `${field}.${each.field}` })),
      );
    }
  }

  /**
   * Reads a template once, to be filled in for many. Throws `UnknownTemplate`, `TemplateNotActive`, `TemplateNotForChannel`,
   * `TemplateOfAnotherAccount` and `TemplateNotApproved`.
   */
  async prepare(templateId: Uuid, route: TemplateRoute): Promise<PreparedTemplate> {
    const row = await this.templates.find(templateId);
    if (!row) throw new UnknownTemplate();
    const template = messageTemplate(row);
    checkSendable(template, route);
    const renderer = withoutInvitation(rendererOf(template), await this.invitations.linter());
    return {
      purpose: template.consentPurpose,
      render: (values) => contentOf(template, renderer(values)),
    };
  }

  /**
   * Those of the templates that messages were made of that can still be sent there, by id. Nobody changes them until the
   * transaction ends. What a text of our own became stays sendable, whatever became of its template.
   */
  async stillSendable(uses: readonly TemplateUse[], route: TemplateRoute): Promise<ReadonlySet<Uuid>> {
    const held = uses.filter(({ contentId }) => contentId !== null).map(({ templateId }) => templateId);
    const own = uses.filter(({ contentId }) => contentId === null).map(({ templateId }) => templateId);
    if (held.length === 0) return new Set(own);
    const rows = await this.templates.holdStill([...new Set(held)]);
    const sendable = rows.filter((row) => isSendable(messageTemplate(row), route));
    return new Set([...own, ...sendable.map(({ id }) => id)]);
  }
}

function isSendable(template: MessageTemplate, route: TemplateRoute): boolean {
  try {
    checkSendable(template, route);
    return true;
  } catch (error) {
    if (error instanceof RuleError) return false;
    throw error;
  }
}

function contentOf(
  { id, heldBy }: MessageTemplate,
  { text, variables }: { readonly text: string | null; readonly variables: Readonly<Record<string, string>> },
): MessageContent {
  return {
    text,
    media: [],
    template: { templateId: id, contentId: heldBy?.contentId ?? null, variables },
  };
}
