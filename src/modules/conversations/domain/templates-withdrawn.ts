import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';
import type { TemplateApproval } from './template';

/**
 * Templates of an account are not to be sent any more, as a provider decided: rejected, paused or disabled. Once for each reading
 * that found some. What is only gone there was taken away by somebody who knows.
 */
export class TemplatesWithdrawn extends DomainEvent<{
  readonly orgId: Uuid;
  readonly connectionId: Uuid;
  /** The first of them. */
  readonly templateIds: readonly Uuid[];
  readonly count: number;
}> {
  static readonly eventName = 'conversations.templates-withdrawn';
}

/** True of what a provider does not send, though it once was to be sent. */
export function isWithdrawn(approval: TemplateApproval | null): boolean {
  return approval === 'rejected' || approval === 'paused' || approval === 'disabled';
}
