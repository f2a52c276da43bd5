/** A piece of a body: text that stays, or the place of a variable. */
export type BodyPart = string | { readonly variable: string };

/** Names of our own variables begin with a letter; those of providers are often numbers. */
const PLACEHOLDER = /\{\{([A-Za-z0-9_]{1,40})\}\}/;

/** A body taken apart, once: a value that is put in later is never looked at again. */
export function partsOf(body: string): BodyPart[] {
  // Every second piece is what the group of the expression matched.
  return body.split(PLACEHOLDER).flatMap((piece, at): BodyPart[] => {
    if (at % 2 === 1) return [{ variable: piece }];
    return piece === '' ? [] : [piece];
  });
}

/** The variables of a body, each once, in the order of the text. */
export function variablesIn(body: string): string[] {
  const names = partsOf(body).flatMap((part) => (typeof part === 'string' ? [] : [part.variable]));
  return [...new Set(names)];
}

/** True where braces stand that look like the place of a variable and are none: `{{ name }}`, `{{}}`, `{{name}`. */
export function hasMalformedPlaceholder(body: string): boolean {
  return partsOf(body).some((part) => typeof part === 'string' && /\{\{|\}\}/.test(part));
}

/** The text that a body becomes. Each variable must have a value. */
export function fillIn(parts: readonly BodyPart[], values: ReadonlyMap<string, string>): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = values.get(part.variable);
      if (value === undefined) throw new Error('a variable without a value');
      return value;
    })
    .join('');
}
