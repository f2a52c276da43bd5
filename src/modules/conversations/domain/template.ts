import type { Uuid } from '../../../common/context';
import type { ConsentPurpose } from './message-content';
import type { TemplateVariable } from './template-variable';

/** `text`: written here, sent as text. `provider`: held by a provider, which approves it and fills it in. */
export const TEMPLATE_KINDS = ['text', 'provider'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** What became of a template at its provider. */
export const TEMPLATE_APPROVALS = [
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
] as const;
export type TemplateApproval = (typeof TEMPLATE_APPROVALS)[number];

/** Where a template of a provider is held. */
export interface ProviderHold {
  readonly provider: string;
  readonly accountId: string;
  /** The provider's id. Twilio: the ContentSid. */
  readonly contentId: string;
  readonly approval: TemplateApproval;
}

/** A template, as far as it decides what is sent. */
export interface MessageTemplate {
  readonly id: Uuid;
  readonly language: string;
  readonly consentPurpose: ConsentPurpose;
  /** Null for a template of a provider that has no text of its own. */
  readonly body: string | null;
  readonly variables: readonly TemplateVariable[];
  readonly isActive: boolean;
  /** Null for one of our own. */
  readonly heldBy: ProviderHold | null;
}

/** Where a template is to be sent. */
export interface TemplateRoute {
  readonly channel: string;
  readonly provider: string;
  readonly accountId: string;
}
