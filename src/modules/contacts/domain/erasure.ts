/** Why a person is forgotten: the grounds of article 17 (1) of the GDPR, and that they asked. */
export const ERASURE_REASONS = [
  'requested',
  'consent_withdrawn',
  'objection',
  'no_longer_needed',
  'unlawful',
  'legal_obligation',
] as const;
export type ErasureReason = (typeof ERASURE_REASONS)[number];
