import type { IncomingHttpHeaders } from 'node:http';
import { FORM, publishedPaths, type Fields, type Operation } from './published-operations';
import type { TextRule } from './published-schema';

/** What a request breaks. */
export type Rule =
  | 'path'
  | 'method'
  | 'authorization'
  | 'content-type'
  /** The query or the body is none in UTF-8. */
  | 'form'
  /** There is one where none is taken. */
  | 'body'
  | 'path parameter'
  | 'unknown name'
  | 'repeated name'
  | 'missing name'
  | 'value';

/** One thing that is wrong with a request by Twilio's published description. */
export interface Violation {
  readonly rule: Rule;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The header, parameter or field. */
  readonly name: string | null;
  readonly detail: string;
}

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** Path and query, as written. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A violation, but for where. */
export type Finding = Pick<Violation, 'rule' | 'detail'> & { readonly name?: string };

const PATHS = publishedPaths();
/** Long enough to recognise a value by, short enough for a line. */
const SHOWN = 60;

/** What is wrong with a request by Twilio's published description; nothing where it is valid. */
export function violationsOf({ method, target, headers, body }: ArrivedRequest): Violation[] {
  const [path = '', ...rest] = target.split('?');
  return findings(method, path, rest.join('?'), headers, body).map(({ rule, detail, name = null }) => ({
    ...{ rule, method, path, name, detail },
  }));
}

function findings(
  method: string,
  path: string,
  query: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Finding[] {
  for (const { pattern, operations } of PATHS) {
    const match = pattern.exec(path);
    if (!match) continue;
    const operation = operations.get(method);
    if (!operation) return [{ rule: 'method', detail: `has ${[...operations.keys()].join(', ')}` }];
    return [
      ...ofAuthorization(headers.authorization),
      ...ofPath(operation, match.groups ?? {}),
      ...ofFields('query', query, operation.query),
      ...ofBody(operation, headers['content-type'], body),
    ];
  }
  return [{ rule: 'path', detail: 'is not among the published ones that are known here' }];
}

/** A form is UTF-8 by definition; a parameter may say so, and nothing else. */
function isForm(contentType = ''): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(/\s*;\s*/);
  return type === FORM && (parameters.length === 0 || parameters.join() === 'charset=utf-8');
}

/** HTTP Basic with a name and a password. */
function ofAuthorization(header: string | undefined): Finding[] {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header ?? '') ?? [];
  if (/^[^:]+:.+$/s.test(Buffer.from(encoded, 'base64').toString())) return [];
  return [{ rule: 'authorization', name: 'authorization', detail: 'is no name and password in Basic form' }];
}

function ofPath({ pathParameters }: Operation, given: Readonly<Record<string, string>>): Finding[] {
  return [...pathParameters].flatMap(([name, rule]) =>
    ofValue('path parameter', name, given[name] ?? '', rule),
  );
}

function ofBody({ form }: Operation, contentType: string | undefined, body: Buffer): Finding[] {
  if (!form) return body.length === 0 ? [] : [{ rule: 'body', detail: 'is not taken here' }];
  if (!isForm(contentType))
    return [{ rule: 'content-type', name: 'content-type', detail: `is ${contentType}, not ${FORM}` }];
  return ofFields('body', body.toString('latin1'), form);
}

/** What is wrong with a query, or with a form. */
export function ofFields(place: 'query' | 'body', text: string, { rules, required }: Fields): Finding[] {
  const fields = readStrictly(text);
  if (!fields) return [{ rule: 'form', detail: `the ${place} is no form in UTF-8` }];
  const seen = new Set<string>();
  const found = fields.flatMap(([name, value]): Finding[] => {
    const rule = rules.get(name);
    if (!rule) return [{ rule: 'unknown name', name, detail: `is not a name of the ${place}` }];
    if (seen.has(name) && !rule.repeatable)
      return [{ rule: 'repeated name', name, detail: 'is no list, and comes twice' }];
    seen.add(name);
    return ofValue('value', name, value, rule);
  });
  const missing = required.filter((name) => !seen.has(name));
  return [
    ...found,
    ...missing.map((name): Finding => ({ rule: 'missing name', name, detail: 'is required' })),
  ];
}

function ofValue(rule: 'value' | 'path parameter', name: string, value: string, by: TextRule): Finding[] {
  const fault = by.faultOf(value);
  return fault === undefined ? [] : [{ rule, name, detail: `"${value.slice(0, SHOWN)}" ${fault}` }];
}

/** The fields in their order; undefined for a text that URLSearchParams would have to guess at. */
function readStrictly(text: string): [string, string][] | undefined {
  if (text === '') return [];
  if (/[^\x21-\x7e]/.test(text)) return undefined;
  try {
    return text.split('&').map((part) => {
      const mark = part.indexOf('=');
      if (mark < 1) throw new URIError('a field without a name or without a value');
      return [decode(part.slice(0, mark)), decode(part.slice(mark + 1))];
    });
  } catch {
    return undefined;
  }
}

/** Throws for escapes that are not UTF-8. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
