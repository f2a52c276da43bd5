/**
 * Fields under a signature over their joined text.
 *
 * Twilio signs a form as its address followed by every name and value in the order of names, without a mark between them.
 * `Body=STOP Cars` and `Body=STOP ` with `Cars=` have the same signature, and so has every other way to cut the same text
 * into names and values. Whoever has one signed delivery can cut it anew; Twilio's own validator accepts it.
 *
 * So a delivery is read in the one way that its text allows, or not at all:
 * - Known fields have formats. Where a value cannot go on with the name that follows and still be of its format, it ends
 *   where it ends.
 * - Where it can (a person's text), a following name that we do not know can be a part of that text, or a field that the
 *   provider began to send. Both are read as text: the reading does not depend on the cut.
 * - Where the name of a known field stands within a value, at a place where that field could begin, the text can be cut
 *   there as well. It is refused: which of the two was meant cannot be told.
 * - A name that we do not know, elsewhere, is no part of what is understood.
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
    this.anyName = new RegExp(names.join('|'), 'g');
  }

  /** True when what must be there is there, every name is a name and every known field has its format. */
  areWellFormed(fields: Fields): boolean {
    return (
      this.required.every((name) => Object.hasOwn(fields, name)) &&
      Object.entries(fields).every(
        ([name, value]) => NAME.test(name) && this.isOfFormat(this.formats.get(name), value, fields),
      )
    );
  }

  private isOfFormat(format: FieldFormat | undefined, value: string, fields: Fields): boolean {
    if (!format) return true;
    return format.matches(value) && (format.with === undefined || Object.hasOwn(fields, format.with));
  }

  /** The one reading of fields that were signed as joined text; undefined when the text can be cut in another way. */
  readJoined(fields: Fields): Fields | undefined {
    const entries = this.joinTexts(fields);
    const understood = Object.fromEntries(entries);
    return this.areWellFormed(understood) && this.isOneReading(entries) ? understood : undefined;
  }

  /** Gives a text that can go on what follows it under names that we do not know. */
  private joinTexts(fields: Fields): Entry[] {
    const entries: Entry[] = [];
    for (const name of Object.keys(fields).sort()) {
      const value = fields[name] ?? '';
      const last = entries.at(-1);
      if (last && !this.formats.has(name) && this.formats.get(last[0])?.matches(last[1] + name.charAt(0)))
        entries[entries.length - 1] = [last[0], last[1] + name + value];
      else entries.push([name, value]);
    }
    return entries;
  }

  /** True when no other cut of the same text begins anywhere. */
  private isOneReading(entries: readonly Entry[]): boolean {
    const text = entries.map(([name, value]) => name + value).join('');
    let at = 0;
    let known = '';
    for (const [name, value] of entries) {
      const end = at + name.length + value.length;
      const format = this.formats.get(name);
      if (!format && this.couldBegin(text, at, end, known)) return false;
      if (format) known = name;
      const from = at + name.length;
      if (format && this.couldBegin(text, from, end, known, format)) return false;
      at = end;
    }
    return true;
  }

  /**
   * True when a known field could begin at a place in [from, end): it comes after `known` in the order of names, no
   * required field would be passed over, and what it leaves of the text before it is of `format`.
   */
  private couldBegin(text: string, from: number, end: number, known: string, format = TEXT): boolean {
    const last = [...this.required, format.with ?? ''].filter((name) => name > known).sort()[0];
    this.anyName.lastIndex = from;
    for (let match = this.anyName.exec(text); match && match.index < end; match = this.anyName.exec(text)) {
      const [name] = match;
      if (
        name > known &&
        (last === undefined || name <= last) &&
        format.matches(text.slice(from, match.index))
      )
        return true;
      this.anyName.lastIndex = match.index + 1;
    }
    return false;
  }
}
