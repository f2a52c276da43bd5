/** As much of OpenAPI's schemas as Twilio's descriptions of requests use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A value's schema made ready: what is wrong with a text by it, or undefined. */
export interface TextRule {
  /** Whether the name may come more than once. */
  readonly repeatable: boolean;
  faultOf(text: string): string | undefined;
}

type Check = (text: string) => string | undefined;

const KEYWORDS: ReadonlySet<string> = new Set([
  ...['type', 'format', 'enum', 'minLength', 'maxLength', 'pattern', 'minimum', 'maximum', 'items'],
  // Nothing to check: what a person or a generator of libraries reads.
  ...['description', 'title', 'x-twilio'],
]);

const DATE_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/;

const FORMATS: Readonly<Record<string, Check>> = {
  /** Numbers, short codes, names of senders and addresses of channels alike: no form that could be checked. */
  'phone-number': () => undefined,
  /** Where a call goes: a number, a client, or a SIP address. */
  endpoint: () => undefined,
  /** What TwiML is, is checked where it is played. */
  twiml: () => undefined,
  'http-method': (text) => (/^[A-Z]+$/.test(text) ? undefined : 'is no HTTP method'),
  int64: () => undefined,
  uri: (text) =>
    /^[a-z][a-z\d+.-]*:[\x21-\x7e]+$/i.test(text) && URL.canParse(text) ? undefined : 'is no URI',
  /** RFC 3339; Twilio's descriptions of parameters allow the date alone, too. */
  'date-time': (text) =>
    DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)) ? undefined : 'is no date and time',
};

const TYPES: Readonly<Record<string, Check>> = {
  string: () => undefined,
  boolean: (text) => (text === 'true' || text === 'false' ? undefined : 'is neither true nor false'),
  integer: (text) => (/^(0|-?[1-9]\d{0,14})$/.test(text) ? undefined : 'is no whole number'),
  number: (text) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? undefined : 'is no number'),
};

/**
 * Makes a schema ready to check texts of forms and queries.
 * @throws Error for a schema that says more than is understood here, lest a newer version be half checked
 */
export function textRule(schema: Schema, resolve: (schema: Schema) => Schema): TextRule {
  const resolved = resolve(schema);
  const repeatable = resolved.type === 'array';
  const checks = checksOf(repeatable ? resolve(resolved.items ?? {}) : resolved);
  return {
    repeatable,
    faultOf(text) {
      for (const check of checks) {
        const fault = check(text);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

function checksOf(schema: Schema): Check[] {
  const foreign = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (foreign.length > 0) throw new Error(`schemas with ${foreign.join(', ')} are not understood`);
  return [
    named(TYPES, 'type', schema.type ?? ''),
    ...(schema.format === undefined ? [] : [named(FORMATS, 'format', schema.format)]),
    ...boundsOf(schema),
  ];
}

function named(checks: Readonly<Record<string, Check>>, what: string, name: string): Check {
  const check = checks[name];
  if (!check) throw new Error(`schemas of ${what} ${name} are not understood`);
  return check;
}

function boundsOf(schema: Schema): Check[] {
  const { enum: values, minLength, maxLength, minimum, maximum } = schema;
  const pattern = schema.pattern === undefined ? undefined : new RegExp(schema.pattern, 'u');
  const unless = (wanted: boolean, says: string): string | undefined => (wanted ? undefined : says);
  const length = (text: string): number => Array.from(text).length;
  const bounds: (Check | false)[] = [
    values !== undefined && ((text) => unless(values.includes(text), `is none of ${values.join(', ')}`)),
    minLength !== undefined && ((text) => unless(length(text) >= minLength, `is shorter than ${minLength}`)),
    maxLength !== undefined && ((text) => unless(length(text) <= maxLength, `is longer than ${maxLength}`)),
    pattern !== undefined && ((text) => unless(pattern.test(text), `does not match ${pattern.source}`)),
    minimum !== undefined && ((text) => unless(Number(text) >= minimum, `is less than ${minimum}`)),
    maximum !== undefined && ((text) => unless(Number(text) <= maximum, `is more than ${maximum}`)),
  ];
  return bounds.filter((bound) => bound !== false);
}
