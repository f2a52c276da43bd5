import type { CustomField } from './custom-field';
import { ContactFieldInvalid } from './custom-field-errors';
import { asLine, lengthOf } from './text';

/** Fields of its own that an organization may have. */
export const MAX_FIELDS = 50;
const MAX_OPTIONS = 100;
const MAX_OPTION = 100;

/** Options in their normal form: each once, whatever its case. */
function normal(options: readonly string[]): string[] {
  const lines = options.map(asLine).filter((line) => line !== '');
  return [...new Map(lines.toReversed().map((line) => [line.toLowerCase(), line])).values()].reverse();
}

/**
 * The options of a field of this type as they are kept. A choice has 1 to 100 of at most 100 characters, every other type has
 * none. Throws {@link ContactFieldInvalid}.
 */
export function checkOptions(type: CustomField['type'], given: readonly string[]): string[] {
  const options = normal(given);
  const refuse = (code: string, message: string): never => {
    throw new ContactFieldInvalid([{ field: 'options', code, message: `options ${message}` }]);
  };
  if (type !== 'choice') return options.length === 0 ? [] : refuse('not_allowed', 'are for a choice only');
  if (options.length === 0) return refuse('required', 'are required for a choice');
  if (options.length > MAX_OPTIONS) return refuse('too_many', `are at most ${MAX_OPTIONS}`);
  if (options.some((option) => lengthOf(option) > MAX_OPTION))
    return refuse('too_long', `have at most ${MAX_OPTION} characters each`);
  return options;
}
