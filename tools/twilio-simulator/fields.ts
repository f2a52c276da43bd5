import { SimulatorInputError } from './errors';

/** Reads typed fields out of a JSON object of unknown content; a wrong one is a SimulatorInputError. */
export class Fields {
  constructor(private readonly record: Readonly<Record<string, unknown>>) {}

  /** @throws SimulatorInputError when the text is no JSON object */
  static parse(text: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(text === '' ? '{}' : text);
    } catch {
      throw new SimulatorInputError('the body is not JSON');
    }
    return Fields.of(value, 'the body');
  }

  static of(value: unknown, what: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new SimulatorInputError(`${what} must be a JSON object`);
    }
    return new Fields({ ...value });
  }

  string(name: string): string {
    const value = this.optionalString(name);
    if (value === undefined) throw new SimulatorInputError(`${name} is required`);
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.#typed(name, (value) => typeof value === 'string', 'a string');
  }

  /** Like `optionalString`, but null is a value too. */
  nullableString(name: string): string | null | undefined {
    return this.record[name] === null ? null : this.optionalString(name);
  }

  integer(name: string): number {
    const value = this.optionalInteger(name);
    if (value === undefined) throw new SimulatorInputError(`${name} is required`);
    return value;
  }

  optionalInteger(name: string): number | undefined {
    return this.#typed(name, (value) => Number.isSafeInteger(value), 'a whole number');
  }

  /** A whole number, or one particular word. */
  optionalIntegerOr<T extends string>(name: string, word: T): number | T | undefined {
    return this.record[name] === word ? word : this.optionalInteger(name);
  }

  optionalBoolean(name: string): boolean | undefined {
    return this.#typed(name, (value) => typeof value === 'boolean', 'true or false');
  }

  optionalOneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const isOne = (value: unknown): boolean => values.some((one) => one === value);
    return this.#typed(name, isOne, `one of ${values.join(', ')}`);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.optionalOneOf(name, values);
    if (value === undefined) {
      throw new SimulatorInputError(`${name} is required: one of ${values.join(', ')}`);
    }
    return value;
  }

  optionalList<T>(name: string, item: (value: unknown) => T): T[] | undefined {
    return this.#typed<unknown[]>(name, Array.isArray, 'a list')?.map(item);
  }

  /** An object, read by `read`. */
  optionalObject<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.record[name];
    return value === undefined ? undefined : read(Fields.of(value, name));
  }

  /** All of it, whatever it holds. */
  all(): Record<string, unknown> {
    return { ...this.record };
  }

  /** An object whose values are all strings. */
  optionalStrings(name: string): Record<string, string> | undefined {
    const value = this.record[name];
    if (value === undefined) return undefined;
    const inner = Fields.of(value, name);
    const names = Object.keys(inner.record);
    return Object.fromEntries(names.map((key) => [key, inner.string(key)]));
  }

  #typed<T>(name: string, accept: (value: unknown) => boolean, wanted: string): T | undefined {
    const value = this.record[name];
    if (value === undefined) return undefined;
    if (!accept(value)) throw new SimulatorInputError(`${name} must be ${wanted}`);
    return value as T;
  }
}
