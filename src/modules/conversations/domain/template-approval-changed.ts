import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** The provider approved a template, rejected, paused or disabled it, or it is gone there. Ids only: what it is now is read. */
export class TemplateApprovalChanged extends DomainEvent<{
  readonly orgId: Uuid;
  readonly templateId: Uuid;
}> {
  static readonly eventName = 'conversations.template-approval-changed';
}
