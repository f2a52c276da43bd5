/** As much of JSON Schema as Meta's descriptions of bodies need. An object takes the names that are described, and no others. */
export interface JsonSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  /** http or https, absolute. */
  readonly url?: true;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Names of which one is there, and not two (`oneOf` at Meta). */
  readonly oneOf?: readonly [string, ...string[]];
}

/** What is wrong, and where: `template.language.code`. */
export interface JsonFault {
  readonly rule: 'unknown name' | 'missing name' | 'value';
  readonly name: string;
  readonly detail: string;
}

/** What is wrong with a value by its schema. */
export function jsonFaults(value: unknown, schema: JsonSchema, name = ''): JsonFault[] {
  if (!isOf(value, schema.type)) return [{ rule: 'value', name, detail: `is no ${schema.type}` }];
  if (typeof value === 'string') return textFaults(value, schema, name);
  if (Array.isArray(value)) return listFaults(value, schema, name);
  if (typeof value === 'object') return objectFaults({ ...value }, schema, name);
  return [];
}

function isOf(value: unknown, type: JsonSchema['type']): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}

function textFaults(text: string, schema: JsonSchema, name: string): JsonFault[] {
  const { enum: values, maxLength, pattern, url } = schema;
  const details = [
    values !== undefined && !values.includes(text) && `is none of ${values.join(', ')}`,
    maxLength !== undefined && Array.from(text).length > maxLength && `is longer than ${maxLength}`,
    pattern !== undefined && !pattern.test(text) && `does not match ${pattern.source}`,
    url && !(/^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text)) && 'is no http or https URL',
  ];
  return details
    .filter((detail) => typeof detail === 'string')
    .map((detail) => ({ rule: 'value', name, detail }));
}

function listFaults(
  list: readonly unknown[],
  { items, minItems = 0 }: JsonSchema,
  name: string,
): JsonFault[] {
  const found = list.flatMap((item, index) => (items ? jsonFaults(item, items, `${name}[${index}]`) : []));
  if (list.length >= minItems) return found;
  return [{ rule: 'value', name, detail: `has fewer than ${minItems} items` }, ...found];
}

function objectFaults(object: Record<string, unknown>, schema: JsonSchema, name: string): JsonFault[] {
  const { properties = {}, required = [], oneOf } = schema;
  const at = (key: string): string => (name === '' ? key : `${name}.${key}`);
  const has = (key: string): boolean => object[key] !== undefined;
  const found = Object.entries(object).flatMap(([key, value]): JsonFault[] => {
    const own = properties[key];
    if (!own) return [{ rule: 'unknown name', name: at(key), detail: 'is not described' }];
    return jsonFaults(value, own, at(key));
  });
  const missing = required
    .filter((key) => !has(key))
    .map((key): JsonFault => ({ rule: 'missing name', name: at(key), detail: 'is required' }));
  if (oneOf && oneOf.filter(has).length !== 1)
    missing.push({ rule: 'value', name: at(oneOf[0]), detail: `has not exactly one of ${oneOf.join(', ')}` });
  return [...found, ...missing];
}
