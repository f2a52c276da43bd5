import { booleanOf, dayOf, isDay, numberOf } from './cells';
import { asLine, lengthOf } from './text';

/** What a field of the organization's own can hold. */
export const FIELD_TYPES = ['text', 'number', 'boolean', 'date', 'choice'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A field of the organization's own. */
export interface CustomField {
  /** How programs name it; unique in the organization, never changed. */
  readonly key: string;
  /** How people name it. */
  readonly label: string;
  readonly type: FieldType;
  /** What a `choice` can be; empty for other types. */
  readonly options: readonly string[];
  /** No contact is made without it, and it is not taken away. */
  readonly required: boolean;
}

export type CustomValue = string | number | boolean;
/** Values by the key of their field; no key without a value. */
export type CustomValues = Readonly<Record<string, CustomValue>>;

/** Characters of a text value. */
export const MAX_TEXT = 500;
const MAX_NUMBER = 1e15;

/** Why a value is refused: code and words without the name of the field. */
export interface Refused {
  readonly code: string;
  readonly message: string;
}

/** A value that was let through, or why not. */
export type Checked<T> = { readonly value: T } | { readonly refused: Refused };

export const refuse = (code: string, message: string): { readonly refused: Refused } => ({
  refused: { code, message },
});

const CHECKS: Readonly<Record<FieldType, (value: unknown, field: CustomField) => Checked<CustomValue>>> = {
  text: (value) => {
    if (typeof value !== 'string') return refuse('wrong_type', 'must be a text');
    const line = asLine(value);
    if (line === '') return refuse('empty', 'must not be empty; null takes the value away');
    return lengthOf(line) <= MAX_TEXT
      ? { value: line }
      : refuse('too_long', `has at most ${MAX_TEXT} characters`);
  },
  number: (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return refuse('wrong_type', 'must be a number');
    return Math.abs(value) <= MAX_NUMBER
      ? { value: Object.is(value, -0) ? 0 : value }
      : refuse('out_of_range', 'lies between -1e15 and 1e15');
  },
  boolean: (value) =>
    typeof value === 'boolean' ? { value } : refuse('wrong_type', 'must be true or false'),
  date: (value) =>
    typeof value === 'string' && isDay(value)
      ? { value }
      : refuse('wrong_type', 'must be a day, such as 2026-01-05'),
  choice: (value, { options }) =>
    typeof value === 'string' && options.includes(value)
      ? { value }
      : refuse('not_an_option', `must be one of: ${options.join(', ')}`),
};

/** A value of a field, or why it cannot be one. */
export function checkCustomValue(field: CustomField, value: unknown): Checked<CustomValue> {
  return CHECKS[field.type](value, field);
}

/** What a cell of a file means as a value of a field, to be checked by {@link checkCustomValue}; its text where it means nothing. */
export function customValueFromText(field: CustomField, cell: string): unknown {
  const text = cell.trim();
  switch (field.type) {
    case 'number':
      return numberOf(text) ?? text;
    case 'boolean':
      return booleanOf(text) ?? text;
    case 'date':
      return dayOf(text) ?? text;
    case 'choice':
      return field.options.find((option) => option.toLowerCase() === text.toLowerCase()) ?? text;
    case 'text':
      return text;
  }
}
