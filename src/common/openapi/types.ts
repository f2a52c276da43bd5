import type { OpenAPIObject } from '@nestjs/swagger';

interface Described {
  type?: unknown;
  format?: string;
  example?: unknown;
  default?: unknown;
}

const ID = /^id$|Id$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * TypeScript knows neither whole numbers nor ids: a number whose example is whole is whole, and an `id` or `…Id` whose example
 * is a UUID is one.
 */
export function sharpenTypes({ components, paths }: OpenAPIObject): void {
  for (const schema of Object.values(components?.schemas ?? {}))
    if ('properties' in schema)
      for (const [name, property] of Object.entries(schema.properties ?? {}))
        sharpen(name, property as Described);
  for (const operation of Object.values(paths).flatMap((path) => [path.get, path.delete, path.post]))
    for (const parameter of operation?.parameters ?? [])
      if ('name' in parameter && parameter.schema) sharpen(parameter.name, parameter.schema as Described);
}

function sharpen(name: string, described: Described): void {
  const { type, example = described.default, format } = described;
  // What may be null has two types.
  const types: unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('number') && Number.isInteger(example)) {
    const whole = types.map((one) => (one === 'number' ? 'integer' : one));
    described.type = Array.isArray(type) ? whole : 'integer';
  }
  if (types.includes('string') && format === undefined && ID.test(name) && UUID.test(String(example)))
    described.format = 'uuid';
}
