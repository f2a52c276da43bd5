import type { Uuid } from '../../../common/context';
import type { FieldError } from '../../../common/errors';
import { LIMITS, type ContactChange } from './contact-values';
import type { CustomField, CustomValues } from './custom-field';
import { leadMove, type LeadScore, type LeadStatus } from './lead';
import { union } from './union';

/** A contact as far as an import reads and writes it. */
export interface ImportedContact {
  readonly id: Uuid;
  readonly name: string | null;
  readonly phone: string | null;
  /** Numbers of contacts that were merged into this one: a row with one of them is about this contact, and changes no number. */
  readonly formerPhones: readonly string[];
  readonly email: string | null;
  readonly timezone: string | null;
  readonly serviceInterests: readonly string[];
  readonly tags: readonly string[];
  readonly leadScore: LeadScore | null;
  readonly leadStatus: LeadStatus;
  readonly notes: string | null;
  readonly customFields: CustomValues;
}

const BLANK: Omit<ImportedContact, 'id'> = {
  name: null,
  phone: null,
  formerPhones: [],
  email: null,
  timezone: null,
  serviceInterests: [],
  tags: [],
  leadScore: null,
  leadStatus: 'new',
  notes: null,
  customFields: {},
};

/** A contact, or what is wrong with it. */
export type Merged = { readonly contact: ImportedContact } | { readonly errors: readonly FieldError[] };

/** A new contact. A lead comes in at whatever status it has. */
export function newContact(id: Uuid, change: ContactChange, fields: readonly CustomField[]): Merged {
  const errors = fields
    .filter(({ key, required }) => required && change.customFields?.[key] === undefined)
    .map(({ key }) => ({
      field: `customFields.${key}`,
      code: 'required',
      message: `customFields.${key} is required`,
    }));
  if (errors.length > 0) return { errors };
  return { contact: overlaid({ id, ...BLANK, leadStatus: change.leadStatus ?? 'new' }, change) };
}

/**
 * What a row makes of a contact that is there: its values replace those of the contact, lists grow, and what the row leaves
 * empty stays. The status moves by the rules of leads.
 */
export function merged(contact: ImportedContact, change: ContactChange): Merged {
  const errors: FieldError[] = [];
  const { leadStatus } = change;
  if (leadStatus && leadMove(contact.leadStatus, leadStatus) === undefined)
    errors.push({
      field: 'leadStatus',
      code: 'lead_move_refused',
      message: `a lead does not go from ${contact.leadStatus} to ${leadStatus}`,
    });
  const next = overlaid(contact, change);
  for (const field of ['tags', 'serviceInterests'] as const)
    if (next[field].length > LIMITS.items)
      errors.push({ field, code: 'too_many', message: `${field} has at most ${LIMITS.items} items` });
  return errors.length > 0 ? { errors } : { contact: next };
}

function overlaid(contact: ImportedContact, change: ContactChange): ImportedContact {
  const phone = change.phone ?? contact.phone;
  const isFormer = phone !== null && contact.formerPhones.includes(phone);
  return {
    id: contact.id,
    name: change.name ?? contact.name,
    phone: isFormer ? (contact.phone ?? phone) : phone,
    formerPhones: contact.formerPhones,
    email: change.email ?? contact.email,
    timezone: change.timezone ?? contact.timezone,
    serviceInterests: union(contact.serviceInterests, change.serviceInterests ?? []),
    tags: union(contact.tags, change.tags ?? []),
    leadScore: change.leadScore ?? contact.leadScore,
    leadStatus: change.leadStatus ?? contact.leadStatus,
    notes: change.notes ?? contact.notes,
    customFields: { ...contact.customFields, ...(change.customFields as CustomValues | undefined) },
  };
}

/** True when nothing of a contact differs. */
export function isSame(a: ImportedContact, b: ImportedContact): boolean {
  return (
    a.name === b.name &&
    a.phone === b.phone &&
    a.email === b.email &&
    a.timezone === b.timezone &&
    a.leadScore === b.leadScore &&
    a.leadStatus === b.leadStatus &&
    a.notes === b.notes &&
    a.tags.length === b.tags.length &&
    a.serviceInterests.length === b.serviceInterests.length &&
    Object.keys(b.customFields).every((key) => a.customFields[key] === b.customFields[key])
  );
}
