import api from './published/twilio_api_v2010.json';
import content from './published/twilio_content_v1.json';
import { textRule, type Schema, type TextRule } from './published-schema';

/** One way of calling Twilio, as it is published. */
export interface Operation {
  readonly pathParameters: ReadonlyMap<string, TextRule>;
  readonly query: Fields;
  /** The form that it takes; undefined where it takes no body. */
  readonly form: Fields | undefined;
}

/** The names that a form or a query may have. */
export interface Fields {
  readonly rules: ReadonlyMap<string, TextRule>;
  readonly required: readonly string[];
}

/** A path of the description, and what can be done with it. */
export interface PublishedPath {
  readonly pattern: RegExp;
  /** By method, in capitals. */
  readonly operations: ReadonlyMap<string, Operation>;
}

/** The media type of every request with a body. */
export const FORM = 'application/x-www-form-urlencoded';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface PublishedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The JSON that describes a file, and the file itself: https://www.twilio.com/docs/messaging/api/media-resource. */
const MEDIA = '/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}';
const RECORDING = '/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}';

/** Everything that is published of what the product uses (published/extract.mjs). */
export function publishedPaths(): PublishedPath[] {
  const documents = [api, content] as unknown as Document[];
  const paths = documents.flatMap((document) =>
    Object.entries(document.paths).map(([path, item]) => ({
      path,
      operations: operationsOf(item, document),
    })),
  );
  const media = paths.filter(({ path }) => path === `${MEDIA}.json`);
  const recordings = paths.filter(({ path }) => path === `${RECORDING}.json`);
  // The paths with an extension come first: a name in a path without one would take it in.
  return [
    ...paths,
    ...recordings.map(({ operations }) => ({ path: `${RECORDING}.mp3`, operations })),
    ...media.map(({ operations }) => ({ path: MEDIA, operations })),
  ].map(({ path, operations }) => ({ pattern: patternOf(path), operations }));
}

/** `/a/{Sid}.json`, with a group for each name in it. */
function patternOf(path: string): RegExp {
  const literal = path.replaceAll('.', '\\.');
  return new RegExp(`^${literal.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+?)')}$`);
}

function operationsOf(
  item: Readonly<Record<string, unknown>>,
  document: Document,
): ReadonlyMap<string, Operation> {
  const methods = Object.keys(item).filter((key) => METHODS.includes(key));
  return new Map(
    methods.map((method) => [
      method.toUpperCase(),
      operationOf(item[method] as PublishedOperation, resolver(document)),
    ]),
  );
}

/** Follows a `$ref`, which stands alone where it stands. */
function resolver(document: Document): (schema: Schema) => Schema {
  return (schema) => {
    if (schema.$ref === undefined) return schema;
    const target = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (!target) throw new Error(`nothing is published at ${schema.$ref}`);
    return target;
  };
}

function operationOf(
  { parameters = [], requestBody }: PublishedOperation,
  resolve: (schema: Schema) => Schema,
): Operation {
  const rulesAt = (place: string): Map<string, TextRule> =>
    new Map(
      parameters
        .filter((parameter) => parameter.in === place)
        .map(({ name, schema }) => [name, textRule(schema, resolve)]),
    );
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const foreign = parameters.filter((parameter) => !['path', 'query'].includes(parameter.in));
  if (foreign.length > 0) throw new Error('parameters outside of path and query are not understood');
  return {
    pathParameters: rulesAt('path'),
    query: { rules: rulesAt('query'), required: required.map(({ name }) => name) },
    form: requestBody && formOf(requestBody.content, resolve),
  };
}

function formOf(
  contents: Readonly<Record<string, { readonly schema: Schema }>>,
  resolve: (schema: Schema) => Schema,
): Fields {
  const form = contents[FORM];
  if (!form || Object.keys(contents).length > 1)
    throw new Error('bodies other than forms are not understood');
  const { properties = {}, required = [] } = resolve(form.schema);
  return {
    rules: new Map(Object.entries(properties).map(([name, schema]) => [name, textRule(schema, resolve)])),
    required,
  };
}
