import { PERMISSIONS } from '../../src/common/auth';
import { goldenOpenApi, routesOf, type OpenApi, type Operation, type Schema } from '../support/openapi';

const document = goldenOpenApi();

/** Looks at the whole document and names what is missing, one line a finding. */
type Check = (document: OpenApi) => string[];

const operations =
  (check: (operation: Operation, name: string) => string[]): Check =>
  (openApi) =>
    routesOf(openApi).flatMap(({ operation, name }) =>
      check(operation, name).map((what) => `${name}: ${what}`),
    );

const summaries = operations(({ summary = '' }) => (/^[A-Z]/.test(summary) ? [] : ['no summary']));

const tags = operations(({ tags: named = [] }) => (named.length === 1 ? [] : ['not exactly one tag']));

const permissions = operations((operation) => {
  const permission = operation['x-permission'];
  if (operation['x-public'])
    return permission === undefined && operation.security?.length === 0
      ? []
      : ['public, and guarded as well'];
  if (!PERMISSIONS.some((known) => known === permission))
    return ['neither public nor with a known permission'];
  return (operation.security?.length ?? 0) > 0 ? [] : ['does not say how to sign in'];
});

const successes = operations(({ responses }) => {
  const codes = Object.keys(responses).filter((code) => code.startsWith('2'));
  if (codes.length !== 1) return [`${codes.length} successful answers`];
  const [code = ''] = codes;
  const content = Object.values(responses[code]?.content ?? {});
  if (code === '204') return content.length === 0 ? [] : ['204 with a body'];
  return content.some(({ schema }) => describesSomething(schema)) ? [] : [`${code} without a schema`];
});

/** False for `{}` and for an object that tells nothing of its properties. */
function describesSomething(schema: Schema | undefined): boolean {
  if (!schema) return false;
  if (schema.$ref ?? schema.allOf ?? schema.anyOf ?? schema.oneOf ?? schema.enum) return true;
  if (schema.type === 'object')
    return Object.keys(schema.properties ?? {}).length > 0 || schema.additionalProperties !== undefined;
  return schema.type !== undefined;
}

const errors = operations((operation) => {
  const { responses, parameters = [], requestBody } = operation;
  const expected = ['500', '503'];
  if (operation['x-permission'] !== undefined) expected.push('401', '403');
  if (parameters.some((parameter) => parameter.in === 'path')) expected.push('404');
  // What a provider posts is read by the rules of the provider: it is malformed or forged, and not unprocessable.
  const content = Object.keys(requestBody?.content ?? {});
  const isProviders =
    content.includes('application/x-www-form-urlencoded') ||
    parameters.some(({ name }) => name === 'X-Hub-Signature-256');
  const checksBody = content.length > 0 && !isProviders;
  if (checksBody || parameters.some((parameter) => parameter.in === 'query')) expected.push('422');
  if (parameters.some(({ name }) => name === 'cursor')) expected.push('400');
  const missing = expected.filter((code) => !responses[code]);
  const unlike = Object.entries(responses).filter(
    ([code, { content }]) =>
      /^[45]/.test(code) &&
      // What readiness answers is a report also when it is not ready.
      content?.['application/json']?.schema?.$ref !== '#/components/schemas/ReadinessDto' &&
      content?.['application/problem+json']?.schema?.$ref !== '#/components/schemas/ProblemDto',
  );
  return [...missing.map((code) => `no ${code}`), ...unlike.map(([code]) => `${code} is not a problem`)];
});

const bodies = operations(({ requestBody }) => {
  if (!requestBody) return [];
  const contents = Object.values(requestBody.content ?? {});
  return contents.length > 0 && contents.every(({ schema }) => describesSomething(schema))
    ? []
    : ['a body without a schema'];
});

const parameters = operations(({ parameters: listed = [] }) =>
  listed
    .filter(({ schema, in: place, description = '' }) => {
      // A filter's example stands in words: a form filled with one would find nothing.
      const said =
        schema?.example ??
        schema?.default ??
        (place === 'query' && description.length > 20 ? description : undefined);
      return !schema || (place !== 'header' && said === undefined);
    })
    .map(({ name }) => `parameter ${name} without schema or example`),
);

const schemas: Check = ({ components }) =>
  Object.entries(components.schemas)
    .filter(([, schema]) => !describesSomething(schema))
    .map(([name]) => `${name}: empty`);

/** A property that is made of another schema, or of several, shows the examples of those. */
function hasExample(property: Schema): boolean {
  if (property.example !== undefined || property.$ref !== undefined) return true;
  const parts =
    property.allOf ?? property.anyOf ?? property.oneOf ?? (property.items ? [property.items] : []);
  return parts.some((part) => part.$ref !== undefined);
}

const examples: Check = ({ components }) =>
  Object.entries(components.schemas).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([, property]) => !hasExample(property))
      .map(([property]) => `${name}.${property}: no example`),
  );

const descriptions: Check = ({ components }) =>
  Object.entries(components.schemas).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([, property]) => !describesSomething(property))
      .map(([property]) => `${name}.${property}: says nothing of its shape`),
  );

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whole numbers are integers, and ids are UUIDs: their examples show it. */
const kinds: Check = ({ components }) =>
  Object.entries(components.schemas).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties)
      .filter(
        ([property, { type, format, example }]) =>
          ([type].flat().includes('number') && Number.isInteger(example)) ||
          (/^id$|Id$/.test(property) && UUID.test(String(example)) && format !== 'uuid'),
      )
      .map(([property]) => `${name}.${property}: an integer or a UUID that does not say so`),
  );

/** Codes are what clients branch on: each failure shows at least one, and names it. */
const codes = operations(({ responses }) =>
  Object.entries(responses)
    .filter(([status, { content, description = '' }]) => {
      const problem = content?.['application/problem+json'];
      const examples = Object.entries(problem?.examples ?? {});
      return (
        /^[45]/.test(status) &&
        problem !== undefined &&
        (examples.length === 0 ||
          examples.some(
            ([code, { value }]) =>
              value.code !== code || String(value.status) !== status || !description.includes(`\`${code}\``),
          ))
      );
    })
    .map(([status]) => `${status} names no code`),
);

/** Two decorators that describe one status are put together, one under the other. */
const repeated = operations(({ responses }) =>
  Object.entries(responses)
    .filter(([, { description = '' }]) => {
      const said = description.split('\n\n');
      return new Set(said).size < said.length || (said.length > 1 && said.includes('OK'));
    })
    .map(([status]) => `${status} is described twice`),
);

const ids: Check = (openApi) => {
  const named = routesOf(openApi).map(({ operation }) => operation.operationId);
  return named
    .filter((id, index) => id === undefined || named.indexOf(id) !== index)
    .map((id) => `id ${String(id)}`);
};

const takes = ({ parameters: listed = [] }: Operation, header: string) =>
  listed.some(({ name, in: place }) => place === 'header' && name === header);

/** The schemas of what an operation answers: the thing itself, or the items of a list. */
function answered({ components }: OpenApi, operation: Operation | undefined): Schema[] {
  const named = (schema: Schema | undefined) =>
    components.schemas[schema?.$ref?.replace('#/components/schemas/', '') ?? ''];
  const things = Object.entries(operation?.responses ?? {})
    .filter(([code]) => code.startsWith('2'))
    .map(([, { content }]) => named(content?.['application/json']?.schema));
  return things
    .flatMap((thing) => [thing, named(thing?.properties?.['items']?.items)])
    .filter((schema) => schema !== undefined);
}

/** Changing or removing what has a version, wherever that is shown: at the same address, or in the list above it. */
const demandedVersions: Check = (openApi) =>
  routesOf(openApi)
    .filter(({ method }) => ['patch', 'put', 'delete'].includes(method))
    .filter(({ path }) => {
      const shown = [...Object.values(openApi.paths[path]!)];
      const list = openApi.paths[path.replace(/\/\{\w+\}$/, '')]?.['get'];
      return [...shown, list].some((operation) =>
        answered(openApi, operation).some(({ properties }) => properties?.['version'] !== undefined),
      );
    })
    .filter(({ operation }) => !takes(operation, 'If-Match') || !operation.responses['412'])
    .map(({ name }) => `${name}: takes no If-Match`);

/** POSTs that have no use for an Idempotency-Key. */
const WITHOUT_KEY: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/password': 'the present password is another one afterwards',
  'POST /api/v1/members/leave': 'whoever has left cannot leave again',
  'POST /api/v1/auth/sign-out': 'a session that has ended ends no second time',
  'POST /api/v1/auth/sign-out-everywhere': 'sessions that have ended end no second time',
  'POST /api/v1/auth/switch-organization': 'a second one leads to the same place; tokens are not kept',
  'POST /api/v1/bulk-sends/preview': 'reads',
  'POST /api/v1/bulk-sends/{id}/cancel': 'what is cancelled is not cancelled again',
  'POST /api/v1/bulk-sends/{id}/pause': 'what is paused is not paused again',
  'POST /api/v1/bulk-sends/{id}/resume': 'what runs is not resumed',
  'POST /api/v1/channel-connections/{id}/verify': 'asks the provider anew: that is what it is for',
  'POST /api/v1/contacts/imports':
    'a file is no body to compare, and nothing is imported before it is started',
  'POST /api/v1/media': 'a file is no body to compare, and nothing is sent before a message names it',
  'POST /api/v1/message-causes/cancel': 'what is canceled is not canceled again',
  'POST /api/v1/message-templates/sync': 'a reading that is asked for twice is one',
  'POST /api/v1/message-templates/{id}/preview': 'computes, and changes nothing',
  'POST /api/v1/messages/{id}/cancel': 'what is canceled is not canceled again',
  'POST /api/v1/phone-mappings/{id}/verification/confirm':
    'each try counts, and what is confirmed is not confirmed again',
  'POST /api/v1/platform/organizations/{id}/resume': 'who is not suspended is not resumed',
  'POST /api/v1/platform/organizations/{id}/suspend': 'who is suspended is not suspended again',
};

const keyless = (openApi: OpenApi) =>
  routesOf(openApi)
    .filter(({ method, operation }) => method === 'post' && operation['x-permission'] !== undefined)
    .filter(({ operation }) => !takes(operation, 'Idempotency-Key'))
    .map(({ name }) => name);

const keys: Check = (openApi) =>
  keyless(openApi)
    .filter((name) => !Object.hasOwn(WITHOUT_KEY, name))
    .map((name) => `${name}: takes no Idempotency-Key`);

/** What providers post is never refused for being much. */
const WEBHOOKS = /^POST \/api\/v1\/channels\/[a-z-]+\/webhook(\/|$)/;

/** Reading without a credential costs nothing that is worth counting. */
const limits = operations(({ responses, ...operation }, name) =>
  responses['429'] || (operation['x-public'] && (name.startsWith('GET ') || WEBHOOKS.test(name)))
    ? []
    : ['no limit, or it is not told'],
);

const ERRORS = ['400', '401', '403', '404', '422', '500', '503'];

const PROBLEM = { requestId: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1' };

/** A failure that names these codes. */
function failing(status: number, named: readonly string[]): Operation['responses'][string] {
  const examples = Object.fromEntries(named.map((code) => [code, { value: { ...PROBLEM, code, status } }]));
  return {
    description: named.map((code) => `\`${code}\``).join(', '),
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' }, examples },
    },
  };
}

/** A document with one route in which nothing is missing; `change` breaks it. */
function sound(change: Partial<Operation> = {}, schema: Schema = {}): OpenApi {
  const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
  const operation: Operation = {
    operationId: 'Things_list',
    summary: 'List things',
    tags: ['Things'],
    'x-permission': 'contacts.read',
    security: [{ accessToken: [] }],
    parameters: [
      { name: 'id', in: 'path', schema: { type: 'string', example: 'x' } },
      { name: 'cursor', in: 'query', schema: { type: 'string', example: 'x' } },
    ],
    requestBody: { content: { 'application/json': { schema: ref('ThingDto') } } },
    responses: {
      '200': { content: { 'application/json': { schema: ref('ThingDto') } } },
      ...Object.fromEntries([...ERRORS, '429'].map((code) => [code, failing(Number(code), ['a_code'])])),
    },
    ...change,
  };
  const thing: Schema = {
    type: 'object',
    properties: { name: { type: 'string', example: 'Ana' } },
    ...schema,
  };
  return {
    paths: { '/things': { get: operation } },
    components: { schemas: { ThingDto: thing, ProblemDto: thing } },
  };
}

const { responses } = sound().paths['/things']!['get']!;
const without = (code: string) =>
  Object.fromEntries(Object.entries(responses).filter(([key]) => key !== code));

/** A document in which something that has a version is removed with no question asked. */
function changing(path: string): OpenApi {
  const document = sound({}, { properties: { version: { type: 'integer', example: 1 } } });
  const { get } = document.paths['/things']!;
  const things = {
    ...document.paths,
    [path]: { ...document.paths[path], delete: { ...get!, parameters: [] } },
  };
  return { ...document, paths: things };
}

const CHECKS: Readonly<Record<string, { check: Check; broken: readonly OpenApi[] }>> = {
  'every operation has a summary': { check: summaries, broken: [sound({ summary: '' })] },
  'every operation has one tag': { check: tags, broken: [sound({ tags: [] })] },
  'every operation is public or states its permission': {
    check: permissions,
    broken: [
      sound({ 'x-permission': 'contacts.steal' }),
      sound({ 'x-public': true }),
      sound({ security: [] }),
      sound({ 'x-permission': undefined }),
    ],
  },
  'every operation says what success looks like': {
    check: successes,
    broken: [
      sound({ responses: without('200') }),
      sound({ responses: { ...responses, '201': {} } }),
      sound({ responses: { ...without('200'), '204': { content: { 'application/json': {} } } } }),
      sound({ responses: { ...responses, '200': { content: { 'application/json': { schema: {} } } } } }),
    ],
  },
  'every operation says how it fails': {
    check: errors,
    broken: [
      ...ERRORS.map((code) => sound({ responses: without(code) })),
      sound({ responses: { ...responses, '409': {} } }),
    ],
  },
  'every answer is described once': {
    check: repeated,
    broken: [
      sound({ responses: { ...responses, '404': { description: 'Gone\n\nGone' } } }),
      sound({ responses: { ...responses, '200': { description: 'Taken in.\n\nOK' } } }),
    ],
  },
  'what has a version is changed and removed with If-Match': {
    check: demandedVersions,
    broken: [changing('/things/{id}'), changing('/things')],
  },
  'every request that creates or sends takes an Idempotency-Key': {
    check: keys,
    broken: [{ ...sound(), paths: { '/things': { post: sound().paths['/things']!['get']! } } }],
  },
  'every operation is limited, unless it is public and cheap': {
    check: limits,
    broken: [
      sound({ responses: without('429') }),
      {
        ...sound(),
        paths: { '/things': { post: { responses: without('429'), 'x-public': true } } },
      },
    ],
  },
  'every body is described': { check: bodies, broken: [sound({ requestBody: { content: {} } })] },
  'every parameter is described': {
    check: parameters,
    broken: [sound({ parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }] })],
  },
  'no schema is empty': { check: schemas, broken: [sound({}, { properties: {} })] },
  'every property says what it is': {
    check: descriptions,
    broken: [sound({}, { properties: { name: { example: 1 } } })],
  },
  'every property has an example': {
    check: examples,
    broken: [sound({}, { properties: { name: { type: 'string' } } })],
  },
  'whole numbers and ids say what they are': {
    check: kinds,
    broken: [
      sound({}, { properties: { version: { type: 'number', example: 1 } } }),
      sound({}, { properties: { contactId: { type: 'string', example: PROBLEM.requestId } } }),
    ],
  },
  'every failure names its codes': {
    check: codes,
    broken: [
      sound({ responses: { ...responses, '404': failing(404, []) } }),
      sound({ responses: { ...responses, '404': { ...failing(404, ['gone']), description: 'Not Found' } } }),
    ],
  },
  'every operation has an id of its own': {
    check: ids,
    broken: [
      {
        ...sound(),
        paths: { ...sound().paths, '/other': { get: sound().paths['/things']!['get']! } },
      },
    ],
  },
};

describe.each(Object.entries(CHECKS))('%s', (_name, { check, broken }) => {
  it('holds for the whole API', () => {
    expect(check(document)).toEqual([]);
  });

  it('is found where it does not hold, and only there', () => {
    expect(check(sound())).toEqual([]);
    for (const bad of broken) expect(check(bad)).not.toEqual([]);
  });
});

it('names no exception in vain', () => {
  expect(keyless(document)).toEqual(expect.arrayContaining(Object.keys(WITHOUT_KEY)));
});

it('speaks of the routes that every installation has', () => {
  expect(routesOf(document).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['GET /health/live', 'POST /api/v1/auth/sign-in', 'GET /api/v1/audit-logs']),
  );
});
