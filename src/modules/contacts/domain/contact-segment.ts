import type { LeadScore, LeadStatus } from './lead';

/**
 * A filter of the list of contacts that is kept: by the names that it has in a query, and as JSON holds it. Nothing in it
 * means everybody.
 */
export interface ContactSegment {
  readonly q?: string;
  readonly phone?: string;
  readonly leadScore?: LeadScore;
  readonly leadStatus?: LeadStatus;
  readonly serviceInterest?: readonly string[];
  readonly tag?: readonly string[];
  /** `key:value` each. */
  readonly customField?: readonly string[];
  readonly createdFrom?: Date | string;
  readonly createdTo?: Date | string;
  readonly lastContactFrom?: Date | string;
  readonly lastContactTo?: Date | string;
}
