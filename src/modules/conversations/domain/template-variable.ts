/** What a variable of a template can hold. */
export const VARIABLE_TYPES = ['text', 'number', 'date', 'time', 'url', 'phone'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** A variable as a template declares it. */
export interface TemplateVariable {
  readonly name: string;
  readonly type: VariableType;
  /** A value that it could have: shown in previews, and what a provider is asked to approve. */
  readonly example: string;
  /** In characters. */
  readonly maxLength: number;
}

/** Why a text is no value of a variable, in the form of a field error. */
export interface ValueProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * Line ends and control characters, and those that turn the direction of what follows: with them one value could change how
 * the rest of the message reads.
 */
const NOT_IN_A_VALUE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** True for a day that the calendar has. */
function isDay(value: string): boolean {
  const [, year, month, day] = DAY.exec(value) ?? [];
  if (day === undefined) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return (
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() + 1 === Number(month) &&
    date.getUTCDate() === Number(day)
  );
}

function isWebAddress(value: string): boolean {
  if (!/^https?:\/\/\S+$/.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

const TYPES: Readonly<Record<VariableType, { of: (value: string) => boolean; what: string }>> = {
  text: { of: () => true, what: 'a text' },
  number: {
    of: (value) => /^[+-]?\d+(?:[.,]\d+)*$/.test(value),
    what: 'a number, in digits, such as 12 or 12.50',
  },
  date: { of: isDay, what: 'a day, such as 2026-01-05' },
  time: { of: (value) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value), what: 'a time of day, such as 09:30' },
  url: { of: isWebAddress, what: 'an http or https address' },
  phone: {
    of: (value) => /^\+[1-9]\d{6,14}$/.test(value),
    what: 'a phone number in international form (E.164)',
  },
};

/** The first thing that is wrong with a value, or null. */
export function valueProblem(
  { name, type, maxLength }: TemplateVariable,
  value: unknown,
): ValueProblem | null {
  if (typeof value !== 'string') return { code: 'text', message: `${name} must be a text` };
  if (value.trim() === '') return { code: 'blank', message: `${name} must not be blank` };
  const length = Array.from(value).length;
  if (length > maxLength)
    return {
      code: 'too_long',
      message: `${name} takes at most ${maxLength} characters; this one has ${length}`,
    };
  if (NOT_IN_A_VALUE.test(value))
    return { code: 'control_characters', message: `${name} must not hold line breaks or control characters` };
  if (!TYPES[type].of(value)) return { code: type, message: `${name} must be ${TYPES[type].what}` };
  return null;
}

/**
 * A value as people read it: days and times of day in the way of the template's language, all else as it is. `language` is
 * a BCP 47 tag.
 */
export function shownValue(
  { type }: Pick<TemplateVariable, 'type'>,
  value: string,
  language: string,
): string {
  if (type === 'date') return inWords(language, `${value}T00:00:00Z`, { dateStyle: 'long' });
  if (type === 'time') return inWords(language, `2026-01-05T${value}:00Z`, { timeStyle: 'short' });
  return value;
}

function inWords(language: string, moment: string, style: Intl.DateTimeFormatOptions): string {
  const text = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(new Date(moment));
  // Narrow and unbroken blanks are in no SMS alphabet: each would cost the message more than half of its room.
  return text.replace(/[\u00a0\u202f]/g, ' ');
}
