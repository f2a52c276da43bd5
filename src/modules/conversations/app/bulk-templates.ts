import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { RuleError } from '../../../common/errors';
import { MessageTemplatesRepository } from '../db/message-templates.repository';
import type { BulkTemplate } from '../domain/bulk-template';
import { withoutInvitation } from '../domain/invitation';
import type { MessageTemplate, TemplateRoute } from '../domain/template';
import { rendererOf } from '../domain/template-rendering';
import { checkSendable } from '../domain/template-sending';
import { InvitationCheck } from './invitation-check';
import { messageTemplate } from './template-view';

/** Templates as bulk sends use them. */
@Injectable()
export class BulkTemplates {
  constructor(
    private readonly templates: MessageTemplatesRepository,
    private readonly invitations: InvitationCheck,
  ) {}

  /** Undefined when there is none with this id. */
  async prepare(templateId: Uuid, route: TemplateRoute): Promise<BulkTemplate | undefined> {
    const row = await this.templates.find(templateId);
    if (!row) return undefined;
    const template = messageTemplate(row);
    const { id, consentPurpose: purpose, heldBy, variables } = template;
    return {
      ...{ id, purpose, variables, contentId: heldBy?.contentId ?? null },
      isUsable: isSendable(template, route),
      render: withoutInvitation(rendererOf(template), await this.invitations.linter()),
    };
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
