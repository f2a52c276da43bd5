import type { Uuid } from '../../../common/context';
import type { ConsentPurpose } from './message-content';
import type { TemplateRenderer } from './template-rendering';
import type { TemplateVariable } from './template-variable';

/** A template that many are to get: taken apart once, filled in for each. */
export interface BulkTemplate {
  readonly id: Uuid;
  /** What whoever gets it must have consented to. */
  readonly purpose: ConsentPurpose;
  /** The provider's id; null for one of our own, which is sent as text. */
  readonly contentId: string | null;
  readonly variables: readonly TemplateVariable[];
  /** False where it is switched off, not approved, or not of the connection's account. */
  readonly isUsable: boolean;
  /** Throws a rule's error where a value does not fit. */
  readonly render: TemplateRenderer;
}
