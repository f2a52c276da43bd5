import { LIMITS } from './contact-values';
import type { CustomValue, CustomValues } from './custom-field';
import { CUSTOM } from './import-fields';
import { LEAD_SCORES, LEAD_STATUSES, type LeadScore, type LeadStatus } from './lead';
import { MergeTooLarge } from './privacy-errors';
import { lengthOf } from './text';
import { union } from './union';

/** What a merge looks at of a contact. */
export interface MergeableContact extends Record<string, unknown> {
  readonly name: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly whatsappId: string | null;
  readonly email: string | null;
  /** IANA. */
  readonly timezone: string | null;
  readonly notes: string | null;
  readonly serviceInterests: readonly string[];
  readonly tags: readonly string[];
  readonly customFields: CustomValues;
  readonly leadScore: LeadScore | null;
  readonly leadStatus: LeadStatus;
  readonly lastContactAt: Date | null;
}

/** Fields of which there can be one only. */
export const SINGLE_FIELDS = ['name', 'phone', 'whatsappId', 'email', 'timezone'] as const;
export type SingleField = (typeof SINGLE_FIELDS)[number];

/** Whose value of a field stays: that of the contact which stays, or that of the one which goes. */
export const SIDES = ['into', 'from'] as const;
export type Side = (typeof SIDES)[number];
export type Choices = Readonly<Partial<Record<SingleField, Side | undefined>>>;

/** Both had a value, and not the same: `kept` stays in the field, `other` in the notes. */
export interface MergeConflict {
  readonly field: SingleField | `customFields.${string}`;
  readonly kept: string;
  readonly other: string;
}

/** From least to most. */
const SCORES = LEAD_SCORES.toReversed();
/** The same; a lead that is lost on one side and not on the other is not lost. */
const STATUSES: readonly LeadStatus[] = ['lost', ...LEAD_STATUSES.filter((status) => status !== 'lost')];

/** What two contacts come to as one. Nothing is lost: a value that the field has no room for goes to the notes. */
export function merged(
  into: MergeableContact,
  from: MergeableContact,
  choices: Choices = {},
): { readonly contact: MergeableContact; readonly conflicts: readonly MergeConflict[] } {
  const singles: Partial<Record<SingleField, string | null>> = {};
  const conflicts: MergeConflict[] = [];
  for (const field of SINGLE_FIELDS) {
    const [first, second] = choices[field] === 'from' ? [from, into] : [into, from];
    const kept = first[field] ?? second[field];
    const other = second[field];
    singles[field] = kept;
    if (kept !== null && other !== null && other !== kept) conflicts.push({ field, kept, other });
  }
  conflicts.push(...customConflicts(into.customFields, from.customFields));
  const contact: MergeableContact = {
    ...(singles as Record<SingleField, string | null>),
    notes: notesOf(into, from, conflicts),
    serviceInterests: union(into.serviceInterests, from.serviceInterests),
    tags: union(into.tags, from.tags),
    customFields: { ...from.customFields, ...into.customFields },
    leadScore: higher(SCORES, into.leadScore, from.leadScore),
    leadStatus: higher(STATUSES, into.leadStatus, from.leadStatus) ?? into.leadStatus,
    lastContactAt: later(into.lastContactAt, from.lastContactAt),
  };
  return { contact, conflicts };
}

/** Nothing is cut to fit. Throws {@link MergeTooLarge}. */
export function checkSize({ tags, serviceInterests, notes }: MergeableContact): void {
  if (tags.length > LIMITS.items) throw new MergeTooLarge('tags', LIMITS.items);
  if (serviceInterests.length > LIMITS.items) throw new MergeTooLarge('serviceInterests', LIMITS.items);
  if (lengthOf(notes ?? '') > LIMITS.notes) throw new MergeTooLarge('notes', LIMITS.notes, 'too_long');
}

/** The contact that stays keeps its values. */
function customConflicts(into: CustomValues, from: CustomValues): MergeConflict[] {
  const both = Object.entries(from).flatMap(([key, other]): [string, CustomValue, CustomValue][] => {
    const kept = into[key];
    return kept === undefined || kept === other ? [] : [[key, kept, other]];
  });
  return both.map(([key, kept, other]) => ({
    field: `customFields.${key}`,
    kept: String(kept),
    other: String(other),
  }));
}

function notesOf(
  into: MergeableContact,
  from: MergeableContact,
  conflicts: readonly MergeConflict[],
): string | null {
  const others = conflicts.map(({ field, other }) =>
    field.startsWith(CUSTOM) ? `${field.slice(CUSTOM.length)}: ${other}` : other,
  );
  const also = others.length > 0 && `Also: ${others.join(', ')}`;
  const parts = [into.notes, from.notes === into.notes ? null : from.notes, also];
  return parts.filter(Boolean).join('\n\n') || null;
}

function higher<T extends string>(order: readonly T[], a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return order.indexOf(b) > order.indexOf(a) ? b : a;
}

function later(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return b > a ? b : a;
}
