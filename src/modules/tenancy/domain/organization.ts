import { isSupportedCountry } from 'libphonenumber-js';
import type { FieldError } from '../../../common/errors';
import { isTimezone } from '../../../common/time/timezone';
import { OrganizationInvalid } from './organization-errors';

/** What members with the right change of their organization. */
export interface OrganizationSettings {
  readonly name: string;
  readonly slug: string;
  /** IANA zone. */
  readonly timezone: string;
  /** ISO 3166-1 alpha-2. */
  readonly defaultCountry: string;
  /** BCP 47. */
  readonly locale: string;
  /** `HH:MM`, local to the recipient. */
  readonly quietHoursStart: string;
  readonly quietHoursEnd: string;
  readonly auditRetentionDays: number;
  readonly webhookRetentionDays: number;
  /** Null: kept as long as the organization. */
  readonly messageRetentionDays: number | null;
}

/** What an organization is made of, its people apart. */
export interface OrganizationFacts {
  readonly name: string;
  /** Lower-case letters, digits, inner hyphens; unique in the installation. */
  readonly slug: string;
  /** IANA zone. */
  readonly timezone: string;
  /** ISO 3166-1 alpha-2; national phone numbers are read as of this country. */
  readonly defaultCountry: string;
  /** BCP 47; default `en`. */
  readonly locale?: string;
  readonly isPlatformOwner?: boolean;
}

/** Nobody is sent marketing outside of these hours (Telephone Consumer Protection Act, 47 CFR 64.1200(c)(1)). */
const LATEST_START = '21:00';
const EARLIEST_END = '08:00';
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** True for a language tag that is well formed; `x-` and what no runtime formats for are left out by the length. */
function isLocale(text: string): boolean {
  try {
    return text.length <= 35 && Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

const days = (min: number, max: number): Rule<number> => ({
  holds: (value) => Number.isInteger(value) && value >= min && value <= max,
  message: `takes ${min} to ${max} days`,
});

interface Rule<T> {
  readonly holds: (value: T) => boolean;
  readonly message: string;
}

const MESSAGE_DAYS = days(30, 3650);

const RULES: { readonly [K in keyof OrganizationSettings]: Rule<OrganizationSettings[K]> } = {
  name: {
    holds: (text) => /^[^\p{Cc}\u2028\u2029]{1,200}$/u.test(text.trim()),
    message: 'takes 1 to 200 characters, without line breaks',
  },
  slug: {
    holds: (text) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text),
    message: 'takes up to 63 lower-case letters, digits and inner hyphens',
  },
  timezone: { holds: isTimezone, message: 'must be an IANA time zone, such as Europe/Berlin' },
  defaultCountry: {
    holds: isSupportedCountry,
    message: 'must be the ISO 3166-1 alpha-2 code of a country with phone numbers, such as DE',
  },
  locale: { holds: isLocale, message: 'must be a BCP 47 language tag, such as de-AT' },
  quietHoursStart: {
    holds: (text) => TIME.test(text) && text <= LATEST_START,
    message: `takes a time as HH:MM, ${LATEST_START} at the latest`,
  },
  quietHoursEnd: {
    holds: (text) => TIME.test(text) && text >= EARLIEST_END,
    message: `takes a time as HH:MM, ${EARLIEST_END} at the earliest`,
  },
  auditRetentionDays: days(30, 3650),
  webhookRetentionDays: days(1, 365),
  messageRetentionDays: {
    ...MESSAGE_DAYS,
    holds: (value) => value === null || MESSAGE_DAYS.holds(value),
  },
};

function complaint<K extends keyof OrganizationSettings>(
  field: K,
  value: OrganizationSettings[K],
): FieldError[] {
  const { holds, message } = RULES[field];
  return holds(value) ? [] : [{ field, code: `${field}_invalid`, message: `${field} ${message}` }];
}

/**
 * Checks what is given of an organization. Throws {@link OrganizationInvalid}, which names every wrong field; `within` is the
 * path to them (`organization.`).
 */
export function checkOrganization(given: Partial<OrganizationSettings>, within = ''): void {
  const fields = Object.keys(RULES) as (keyof OrganizationSettings)[];
  const wrong = fields.flatMap((field) => {
    const value = given[field];
    return value === undefined ? [] : complaint(field, value);
  });
  if (wrong.length > 0)
    throw new OrganizationInvalid(wrong.map((error) => ({ ...error, field: within + error.field })));
}

/** An organization as it begins. Throws what {@link checkOrganization} throws. */
export function newOrganization(
  { name, slug, timezone, defaultCountry, locale = 'en', isPlatformOwner = false }: OrganizationFacts,
  within = '',
): Required<OrganizationFacts> {
  checkOrganization({ name, slug, timezone, defaultCountry, locale }, within);
  return {
    name: name.trim(),
    slug,
    timezone,
    defaultCountry,
    locale: canonicalLocale(locale),
    isPlatformOwner,
  };
}

/**
 * What `change` makes of `present`. Throws {@link OrganizationInvalid}. Quiet hours last over the night, and leave some of
 * the day.
 */
export function changedSettings(
  present: OrganizationSettings,
  change: Partial<OrganizationSettings>,
): OrganizationSettings {
  checkOrganization(change);
  const { name, locale, ...rest } = { ...present, ...change };
  if (rest.quietHoursEnd >= rest.quietHoursStart)
    throw new OrganizationInvalid([
      {
        field: change.quietHoursEnd === undefined ? 'quietHoursStart' : 'quietHoursEnd',
        code: 'quiet_hours_all_day',
        message: 'quietHoursEnd must come before quietHoursStart: quiet hours last over the night',
      },
    ]);
  return { ...rest, name: name.trim(), locale: canonicalLocale(locale) };
}

/** `de-at` → `de-AT`; a tag that is none as it is. */
export function canonicalLocale(text: string): string {
  return isLocale(text) ? (Intl.getCanonicalLocales(text)[0] ?? text) : text;
}
