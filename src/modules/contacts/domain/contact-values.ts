import type { FieldError } from '../../../common/errors';
import { isTimezone } from '../../../common/time/timezone';
import {
  checkCustomValue,
  refuse,
  type Checked,
  type CustomField,
  type CustomValue,
  type CustomValues,
  type Refused,
} from './custom-field';
import { toEmail } from './email';
import { ContactInvalid } from './errors';
import { LEAD_SCORES, LEAD_STATUSES, type LeadScore, type LeadStatus } from './lead';
import { toE164 } from './phone';
import { asLine, asLines, lengthOf } from './text';
import { union } from './union';

/** What is written about a contact, in the form in which it is kept. */
export interface ContactValues {
  readonly name: string | null;
  /** E.164. */
  readonly phone: string | null;
  /** Lower case. */
  readonly email: string | null;
  /** IANA; null while it is not known, so that the number or the organization tells. */
  readonly timezone: string | null;
  readonly serviceInterests: readonly string[];
  readonly tags: readonly string[];
  readonly leadScore: LeadScore | null;
  readonly leadStatus: LeadStatus;
  readonly leadStatusReason: string | null;
  readonly notes: string | null;
  readonly customFields: CustomValues;
}

/** What is to change; a custom field that is null loses its value, one that is left out keeps it. */
export type ContactChange = Partial<Omit<ContactValues, 'customFields'>> & {
  readonly customFields?: Readonly<Record<string, CustomValue | null>>;
};

/** What somebody gives for each of them: anything. Undefined is the same as left out. */
export type ContactInput = { readonly [Name in keyof ContactValues]?: unknown };

/** What the rules need to know of the organization. */
export interface ContactRules {
  /** ISO 3166-1 alpha-2. */
  readonly defaultCountry: string;
  readonly fields: readonly CustomField[];
}

/** Characters, and items of lists. */
export const LIMITS = { name: 200, notes: 10_000, reason: 500, items: 50, tag: 50, interest: 100 } as const;

const NEW: ContactValues = {
  name: null,
  phone: null,
  email: null,
  timezone: null,
  serviceInterests: [],
  tags: [],
  leadScore: null,
  leadStatus: 'new',
  leadStatusReason: null,
  notes: null,
  customFields: {},
};

type Rule<T> = (value: unknown, rules: ContactRules) => Checked<T>;

/** A text that may be null; what is empty is null. */
function text(max: number, keep: (text: string) => string): Rule<string | null> {
  return (value) => {
    if (value === null) return { value: null };
    if (typeof value !== 'string') return refuse('wrong_type', 'must be a text or null');
    const kept = keep(value);
    if (lengthOf(kept) > max) return refuse('too_long', `has at most ${max} characters`);
    return { value: kept === '' ? null : kept };
  };
}

/** Short texts, each once whatever its case; null is none. */
function list(max: number): Rule<readonly string[]> {
  return (value) => {
    if (value === null) return { value: [] };
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      return refuse('wrong_type', 'must be a list of texts');
    const kept = union(value.map(asLine).filter((item) => item !== ''));
    if (kept.length > LIMITS.items) return refuse('too_many', `has at most ${LIMITS.items} items`);
    if (kept.some((item) => lengthOf(item) > max))
      return refuse('too_long', `has items of at most ${max} characters`);
    return { value: kept };
  };
}

function word<T extends string>(words: readonly T[]): Rule<T> {
  return (value) => {
    const found = words.find((one) => one === value);
    return found ? { value: found } : refuse('not_an_option', `must be one of: ${words.join(', ')}`);
  };
}

/** What `as` makes of a text, where undefined is none; empty is null. */
function reading(
  as: (text: string, rules: ContactRules) => string | undefined,
  refused: Refused,
): Rule<string | null> {
  return (value, rules) => {
    if (value === null) return { value: null };
    if (typeof value !== 'string') return refuse('wrong_type', 'must be a text or null');
    if (value.trim() === '') return { value: null };
    const read = as(value, rules);
    return read === undefined ? { refused } : { value: read };
  };
}

function toTimezone(text: string): string | undefined {
  const zone = text.trim();
  return isTimezone(zone) ? zone : undefined;
}

const leadScore = word(LEAD_SCORES);

const RULES: { readonly [Name in keyof Omit<ContactValues, 'customFields'>]: Rule<ContactValues[Name]> } = {
  name: text(LIMITS.name, asLine),
  phone: reading((value, { defaultCountry }) => toE164(value, defaultCountry), {
    code: 'bad_phone',
    message:
      'must be a phone number, such as +49 151 12345678, or as dialled in the country of the organization',
  }),
  email: reading(toEmail, {
    code: 'bad_email',
    message: 'must be an email address, such as dana@example.com',
  }),
  timezone: reading(toTimezone, {
    code: 'bad_timezone',
    message: 'must be an IANA time zone, such as Europe/Berlin',
  }),
  serviceInterests: list(LIMITS.interest),
  tags: list(LIMITS.tag),
  leadScore: (value, rules) => (value === null ? { value } : leadScore(value, rules)),
  leadStatus: word(LEAD_STATUSES),
  leadStatusReason: text(LIMITS.reason, asLine),
  notes: text(LIMITS.notes, asLines),
};

/** Gathers what is wrong. */
class Findings {
  readonly fields: FieldError[] = [];

  /** The value of a field; undefined, and noted down, where it was refused. */
  take<T>(field: string, checked: Checked<T>): T | undefined {
    if ('value' in checked) return checked.value;
    const { code, message } = checked.refused;
    this.fields.push({ field, code, message: `${field} ${message}` });
    return undefined;
  }

  /** Throws {@link ContactInvalid} when there is anything. */
  end(): void {
    if (this.fields.length > 0) throw new ContactInvalid(this.fields);
  }
}

/** One value of a field of the organization's own; null takes it away, unless it is required. */
function checkCustom(field: CustomField | undefined, value: unknown): Checked<CustomValue | null> {
  if (!field) return refuse('unknown_field', 'is no field of this organization');
  if (value !== null) return checkCustomValue(field, value);
  return field.required ? refuse('required', 'is required') : { value: null };
}

function customFields(given: unknown, findings: Findings, { fields }: ContactRules): ContactChange {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    findings.take('customFields', refuse('wrong_type', 'must be an object of values by key'));
    return {};
  }
  const kept: [string, CustomValue | null][] = [];
  for (const [key, value] of Object.entries(given)) {
    const field = fields.find((one) => one.key === key);
    const taken = findings.take(`customFields.${key.slice(0, 80)}`, checkCustom(field, value));
    if (taken !== undefined) kept.push([key, taken]);
  }
  return { customFields: Object.fromEntries(kept) };
}

function check(input: ContactInput, rules: ContactRules, findings: Findings): ContactChange {
  const names = (Object.keys(RULES) as (keyof typeof RULES)[]).filter((name) => input[name] !== undefined);
  const values = names.map((name): [string, unknown] => [
    name,
    findings.take<unknown>(name, RULES[name](input[name], rules)),
  ]);
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(values);
  return { ...given, ...customFields(input.customFields, findings, rules) };
}

/** A contact to be made, complete. Throws {@link ContactInvalid}, which names every field that is not right. */
export function checkNewContact(input: ContactInput, rules: ContactRules): ContactValues {
  const findings = new Findings();
  const values = check(input, rules, findings);
  const given = values.customFields ?? {};
  for (const { key } of rules.fields.filter(({ required }) => required))
    if (given[key] === undefined && !findings.fields.some(({ field }) => field === `customFields.${key}`))
      findings.take(`customFields.${key}`, refuse('required', 'is required'));
  if (!values.name && !values.phone && !values.email && findings.fields.length === 0)
    findings.take('name', refuse('required', 'is required where neither phone nor email is given'));
  findings.end();
  const fields = Object.entries(given).filter((entry): entry is [string, CustomValue] => entry[1] !== null);
  return { ...NEW, ...values, customFields: Object.fromEntries(fields) };
}

/** A change of a contact: only what is given. Throws {@link ContactInvalid}, which names every field that is not right. */
export function checkContactChange(input: ContactInput, rules: ContactRules): ContactChange {
  const findings = new Findings();
  const change = check(input, rules, findings);
  findings.end();
  return change;
}
