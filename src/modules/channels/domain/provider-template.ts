/** What became of a template at its provider, in the providers' common words. Only an approved one is sent to people. */
export const PROVIDER_TEMPLATE_APPROVALS = [
  'unsubmitted',
  'received',
  'pending',
  'approved',
  'rejected',
  'paused',
  'disabled',
] as const;
export type ProviderTemplateApproval = (typeof PROVIDER_TEMPLATE_APPROVALS)[number];

/** True when `text` is an approval that we know. */
export function isProviderTemplateApproval(text: unknown): text is ProviderTemplateApproval {
  return (PROVIDER_TEMPLATE_APPROVALS as readonly unknown[]).includes(text);
}

/** A template as its provider holds it. */
export interface ProviderTemplateListing {
  /** Twilio: the ContentSid; Meta: `name/language`. */
  readonly contentId: string;
  readonly name: string;
  /** As the provider writes it, such as `en` or `pt_BR`. */
  readonly language: string;
  /** Such as `twilio/text`, `twilio/quick-reply`, or Meta's category. */
  readonly contentType: string;
  /** With `{{1}}` for a variable; null for a type without a text of its own. */
  readonly body: string | null;
  /** All that must have a value, in buttons and addresses too, with the provider's samples. */
  readonly variables: readonly { readonly name: string; readonly example: string }[];
  readonly approval: ProviderTemplateApproval;
  readonly rejectionReason: string | null;
  /** True when the provider counts it as advertising. */
  readonly isMarketing: boolean;
}
