import { Invalid } from '../errors';

/** Text that PostgreSQL cannot hold: U+0000, and halves of a surrogate pair, which are no characters. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Text in the body holds what cannot be stored. */
export class UnstorableText extends Invalid {
  readonly code = 'unstorable_text';
  constructor(field: string) {
    super('Text must not hold NUL characters or lone surrogates.', {
      fields: [{ field, code: 'text', message: `${field} must not hold NUL characters or lone surrogates` }],
    });
  }
}
function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

const MAX_NAME = 100;

/** Throws {@link UnstorableText} for the first text, or name of a property, within `value` that the database would refuse. */
export function refuseUnstorable(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'string' && !isStorable(value))
    throw new UnstorableText(path.join('.').slice(0, MAX_NAME) || 'body');
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    refuseUnstorable(name, path);
    refuseUnstorable(inner, [...path, name]);
  }
}
