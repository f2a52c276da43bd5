import type { Uuid } from '../../../common/context';
import type { ContactSearch } from './contact-search';
import type { CustomValues } from './custom-field';
import type { LeadScore, LeadStatus } from './lead';

/** What contacts can be sorted by. */
export const SORT_FIELDS = [
  'createdAt',
  'lastContactAt',
  'leadScore',
  'leadStatus',
  'name',
  'updatedAt',
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

/** The same as they stand in a query: with `-` before, from the last to the first. */
export const SORTS = SORT_FIELDS.flatMap((field) => [field, `-${field}`] as const);
export type ContactSort = (typeof SORTS)[number];

/** Newest change first. */
export const DEFAULT_SORT: ContactSort = '-updatedAt';

/** Which contacts are wanted; they fulfil all that is given. Times: from is included, to is not. */
export interface ContactFilter {
  readonly leadScore?: LeadScore | undefined;
  readonly leadStatus?: LeadStatus | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly serviceInterests?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly customFields?: readonly (readonly [key: string, value: string])[] | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
  readonly lastContactFrom?: Date | undefined;
  readonly lastContactTo?: Date | undefined;
  /** Whose name, phone or email begins so. */
  readonly search?: ContactSearch | undefined;
}

/** A contact as lists show it. */
export interface ContactItem extends Record<string, unknown> {
  id: Uuid;
  name: string | null;
  phone: string | null;
  whatsappId: string | null;
  email: string | null;
  timezone: string | null;
  serviceInterests: string[];
  tags: string[];
  leadScore: LeadScore | null;
  leadStatus: LeadStatus;
  leadStatusReason: string | null;
  lastContactAt: Date | null;
  customFields: CustomValues;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** A contact as it is shown by itself: with its notes, which can be long. */
export interface ContactView extends ContactItem {
  notes: string | null;
}
