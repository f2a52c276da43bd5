/**
 * Fields under a signature over their joined text.
 *
 * Twilio signs a form as its address followed by every name and value in the order of names, without a mark between them.
 * `Body=STOP Cars` and `Body=STOP ` with `Cars=` have the same signature, and so has every other way to cut the same text
 * into names and values. Whoever has one signed delivery can cut it anew; Twilio's own validator accepts it.
 *
 * So a delivery is taken only where its text can be cut in no other way:
 * - Known fields have formats. Where a value cannot go on with the name that follows and still be of its format, it ends
 *   where it ends.
 * - Where it can (a person's text), a following name that we do not know can be a part of that text as well: refused.
 *   Elsewhere a name that we do not know, such as a field that the provider began to send, is let through and not used.
 * - Where the name of a known field stands within a value, at a place where that field could begin, the text can be cut
 *   there: refused. Where that place is nowhere in the order of names it cannot, except that a field that must be there
 *   is never found inside of another.
 *
 * Two cuts of one text are therefore never both accepted with different known fields; the property test tries.
 */

/** What a known field holds. */
export interface FieldFormat {
  /** True when `value` is of the format. */
  matches(value: string): boolean;
  /** Source of a regular expression: how a value begins. Whatever cannot begin so need not be feared as this field. */
  readonly begins: string;
  /** A field that is always there when this one is: it narrows what can follow. */
  readonly with?: string;
  /** This one comes only when another field is there and has none of these values. */
  readonly unless?: { readonly field: string; readonly values: readonly string[] };
}

/** Any text, an empty one too. */
export const TEXT: FieldFormat = { matches: () => true, begins: '' };

/** Texts of `pattern`. */
export function pattern(whole: RegExp, begins: string): FieldFormat {
  return { matches: (value) => whole.test(value), begins };
}

/** A JSON object: it ends at its last brace. */
export const JSON_OBJECT: FieldFormat = { matches: isJsonObject, begins: '\\{' };

function isJsonObject(value: string): boolean {
  if (!value.startsWith('{') || !value.endsWith('}')) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

export type Fields = Readonly<Record<string, string>>;
type Entry = readonly [name: string, value: string];

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The fields that a provider sends, and how they are read. */
export class SignedFields {
  private readonly anyName: RegExp;
  private readonly required: readonly string[];

  constructor(
    private readonly formats: ReadonlyMap<string, FieldFormat>,
    required: readonly string[],
  ) {
    this.required = [...required].sort();
    const names = [...formats].map(([name, { begins }]) => `${name}(?=${begins})`);
    // Looking at the first letter before trying them all makes it several times faster.
    const initials = new Set([...formats.keys()].map((name) => name.charAt(0)));
    this.anyName = new RegExp(`(?=[${[...initials].join('')}])(?:${names.join('|')})`, 'g');
  }

  /** True when what must be there is there, every name is a name and every known field has its format. */
  areWellFormed(fields: Fields): boolean {
    return (
      this.required.every((name) => Object.hasOwn(fields, name)) &&
      Object.entries(fields).every(
        ([name, value]) => NAME.test(name) && (this.formats.get(name)?.matches(value) ?? true),
      )
    );
  }

  /** True when well-formed fields are the only ones that their joined text can be cut into. */
  areOneReading(fields: Fields): boolean {
    const entries = Object.keys(fields)
      .sort()
      .map((name): Entry => [name, fields[name] ?? '']);
    return this.belongTogether(fields) && !this.haveUnknownInText(entries) && this.isOneCut(entries, fields);
  }

  /** False when a field is there that does not come with the others. */
  private belongTogether(fields: Fields): boolean {
    return Object.keys(fields).every((name) => {
      const companion = this.formats.get(name)?.with;
      return (companion === undefined || Object.hasOwn(fields, companion)) && this.canCome(name, fields);
    });
  }

  private canCome(name: string, fields: Fields): boolean {
    const condition = this.formats.get(name)?.unless;
    const value = condition && fields[condition.field];
    return !condition || (value !== undefined && !condition.values.includes(value));
  }

  /** True when a name that we do not know follows a text that could go on with it. */
  private haveUnknownInText(entries: readonly Entry[]): boolean {
    return entries.some(([name], i) => {
      const before = entries[i - 1];
      if (!before || this.formats.has(name)) return false;
      return this.formats.get(before[0])?.matches(before[1] + name.charAt(0)) ?? false;
    });
  }

  /** True when no other cut of the same text begins anywhere. */
  private isOneCut(entries: readonly Entry[], fields: Fields): boolean {
    const couldBegin = this.beginnings(fields);
    const text = entries.map(([name, value]) => name + value).join('');
    let at = 0;
    let known = '';
    for (const [name, value] of entries) {
      const end = at + name.length + value.length;
      const format = this.formats.get(name);
      if (!format && couldBegin(text, at, end, known)) return false;
      if (format) known = name;
      const from = at + name.length;
      if (format && couldBegin(text, from, end, known, format)) return false;
      at = end;
    }
    return true;
  }

  /**
   * Tells whether a known field could begin at a place in [from, end): it comes after `known` in the order of names, no
   * required field would be passed over, and what it leaves of the text before it is of `format`.
   */
  private beginnings(fields: Fields) {
    return (text: string, from: number, end: number, known: string, format = TEXT): boolean => {
      const last = [...this.required, format.with ?? ''].filter((name) => name > known).sort()[0];
      const isInOrder = (name: string): boolean => name > known && (last === undefined || name <= last);
      this.anyName.lastIndex = from;
      for (let match = this.anyName.exec(text); match && match.index < end; match = this.anyName.exec(text)) {
        const [name] = match;
        const isMisplaced = this.required.includes(name);
        if (
          isMisplaced ||
          (isInOrder(name) && this.canCome(name, fields) && format.matches(text.slice(from, match.index)))
        )
          return true;
        this.anyName.lastIndex = match.index + 1;
      }
      return false;
    };
  }
}
