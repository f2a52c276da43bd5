import type { FieldError } from '../../../common/errors';
import { OrganizationInvalid } from './errors';

interface OrganizationFacts {
  readonly name: string;
  readonly slug: string;
  readonly timezone: string;
  readonly defaultCountry: string;
}

/** True for an IANA zone that this runtime knows; offsets such as `+02:00` have no clock changes and are none. */
function isTimezone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

const RULES: readonly {
  field: keyof OrganizationFacts;
  holds: (text: string) => boolean;
  message: string;
}[] = [
  { field: 'name', holds: (text) => /^.{1,200}$/su.test(text.trim()), message: 'takes 1 to 200 characters' },
  {
    field: 'slug',
    holds: (text) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text),
    message: 'takes up to 63 lower-case letters, digits and inner hyphens',
  },
  { field: 'timezone', holds: isTimezone, message: 'must be an IANA time zone, such as Europe/Berlin' },
  {
    field: 'defaultCountry',
    holds: (text) => /^[A-Z]{2}$/.test(text),
    message: 'must be an ISO 3166-1 alpha-2 code, such as DE',
  },
];

/** Checks what an organization is made of. Throws {@link OrganizationInvalid}, which names every wrong field. */
export function checkOrganization(facts: OrganizationFacts): void {
  const wrong = RULES.filter(({ field, holds }) => !holds(facts[field]));
  if (wrong.length === 0) return;
  throw new OrganizationInvalid(
    wrong.map(({ field, message }): FieldError => ({
      field,
      code: `${field}_invalid`,
      message: `${field} ${message}`,
    })),
  );
}
