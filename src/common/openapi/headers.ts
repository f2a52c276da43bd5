import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Exclude<NonNullable<Operation['responses'][string]>, { $ref: string }>;

/** What answers say in headers, once for the whole document. */
const HEADERS = {
  ETag: {
    description:
      'The version of what is answered, as `"<organization id>.<version>"`. Send it as `If-Match` to change this version and no other, or as `If-None-Match` to be spared what you hold already.',
    schema: { type: 'string', example: '"0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1.7"' },
  },
  'RateLimit-Policy': {
    description: 'How many requests (`q`) in how many seconds (`w`).',
    schema: { type: 'string', example: '"default";q=1200;w=60' },
  },
  RateLimit: {
    description: 'How many requests are left (`r`), and in how many seconds there are all again (`t`).',
    schema: { type: 'string', example: '"default";r=1199;t=1' },
  },
  'Retry-After': {
    description: 'Seconds after which trying again makes sense.',
    schema: { type: 'integer', example: 1 },
  },
} as const;

/** Adds to the document which headers answers bear: that follows from what the operations say already. */
export function describeHeaders(document: OpenAPIObject): void {
  document.components = { ...document.components, headers: structuredClone(HEADERS) };
  for (const path of Object.values(document.paths))
    for (const [method, operation] of Object.entries(path) as [string, Operation][]) {
      if (typeof operation !== 'object' || !('responses' in operation)) continue;
      describeLimits(operation);
      describeVersion(document, operation, method === 'get');
    }
}

function describeLimits({ responses }: Operation): void {
  if (!responses['429']) return;
  for (const [status, response] of Object.entries(responses) as [string, Response][])
    if (/^(2|429)/.test(status)) bear(response, 'RateLimit-Policy', 'RateLimit');
  bear(responses['429'] as Response, 'Retry-After');
}

/** Whatever has a `version` is answered with it as its entity tag. */
function describeVersion(document: OpenAPIObject, operation: Operation, isRead: boolean): void {
  for (const [status, response] of Object.entries(operation.responses) as [string, Response][]) {
    if (!status.startsWith('2') || !hasVersion(document, response)) continue;
    bear(response, 'ETag');
    if (!isRead) continue;
    operation.responses['304'] = { description: 'Not Modified: what you hold is still right' };
    operation.parameters = [
      ...(operation.parameters ?? []),
      {
        name: 'If-None-Match',
        in: 'header',
        required: false,
        description: 'The `ETag` of what you hold: when it is still right, the answer is 304 without a body.',
        schema: { type: 'string' },
      },
    ];
  }
}

function hasVersion({ components }: OpenAPIObject, response: Response): boolean {
  const schema = response.content?.['application/json']?.schema;
  if (!schema || !('$ref' in schema)) return false;
  const named = components?.schemas?.[schema.$ref.replace('#/components/schemas/', '')];
  return named !== undefined && 'properties' in named && named.properties?.['version'] !== undefined;
}

function bear(response: Response, ...names: (keyof typeof HEADERS)[]): void {
  response.headers = {
    ...response.headers,
    ...Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
  };
}
