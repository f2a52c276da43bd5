import type { IncomingHttpHeaders } from 'node:http';
import {
  ofFields,
  type ArrivedRequest,
  type Finding,
  type Violation,
} from '../twilio-simulator/published-api';
import { COMPONENTS, MARK_AS_READ, MESSAGES } from './published-messages';
import { OPERATIONS, type Operation } from './published-operations';
import { jsonFaults, type JsonFault } from './published-schema';
import { formOf } from './upload';

/** components/parameters/Authorization. */
const AUTHORIZATION = /^Bearer\s+[A-Za-z0-9\-_.]+.*$/;
/** components/parameters/UserAgent, which may be missing. */
const USER_AGENT =
  /^[a-zA-Z0-9\-_]+\/[0-9]+\.[0-9]+\.[0-9]+(;[a-zA-Z0-9\-=.]+)?(\s+[a-zA-Z0-9\-_]+\/[0-9\-.]+)?$/;

/** What is wrong with a request by Meta's published description; nothing where it is valid. */
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
  const there = OPERATIONS.filter((operation) => operation.path.test(path));
  const [first] = there;
  if (!first) return [{ rule: 'path', detail: 'is not among the published ones that are known here' }];
  const operation = there.find((one) => one.method === method);
  if (!operation) return [{ rule: 'method', detail: `has ${there.map((one) => one.method).join(', ')}` }];
  return [
    ...ofHeaders(operation, headers),
    ...ofFields('query', query, operation.query),
    ...ofBody(operation, headers['content-type'], body),
  ];
}

function ofHeaders({ isElsewhere }: Operation, headers: IncomingHttpHeaders): Finding[] {
  const found: Finding[] = [];
  if (!AUTHORIZATION.test(headers.authorization ?? ''))
    found.push({ rule: 'authorization', name: 'authorization', detail: 'is no bearer token' });
  const agent = headers['user-agent'];
  if (isElsewhere !== true && agent !== undefined && !USER_AGENT.test(agent))
    found.push({ rule: 'value', name: 'user-agent', detail: `"${agent}" is not of its form` });
  return found;
}

function ofBody({ body: kind }: Operation, contentType: string | undefined, body: Buffer): Finding[] {
  if (kind === undefined) return body.length === 0 ? [] : [{ rule: 'body', detail: 'is not taken here' }];
  const wanted = kind === 'message' ? 'application/json' : 'multipart/form-data';
  const [type] = (contentType ?? '').toLowerCase().split(/\s*;/);
  if (type !== wanted)
    return [{ rule: 'content-type', name: 'content-type', detail: `is ${contentType}, not ${wanted}` }];
  return kind === 'message' ? ofMessage(body) : ofUpload(body, contentType);
}

function ofMessage(body: Buffer): Finding[] {
  const message = readJson(body);
  if (!message) return [{ rule: 'body', detail: 'is no JSON object in UTF-8' }];
  if ('status' in message) return jsonFaults(message, MARK_AS_READ);
  const schema = MESSAGES.get(message.type);
  if (!schema)
    return [{ rule: 'value', name: 'type', detail: 'is no kind of message that is described here' }];
  return [...jsonFaults(message, schema), ...ofComponents(message)];
}

/** Each component of a template is described by its own type. */
function ofComponents({ template }: Record<string, unknown>): JsonFault[] {
  const { components } = (template ?? {}) as { components?: unknown };
  if (!Array.isArray(components)) return [];
  return components.flatMap((component: unknown, index): JsonFault[] => {
    const name = `template.components[${index}]`;
    const { type } = (component ?? {}) as { type?: unknown };
    const schema = COMPONENTS[String(type)];
    if (schema) return jsonFaults(component, schema, name);
    return [{ rule: 'value', name, detail: `is none of ${Object.keys(COMPONENTS).join(', ')}` }];
  });
}

/** Of an upload the description names the file and `messaging_product`; the reference adds the file's type. */
function ofUpload(body: Buffer, contentType: string | undefined): Finding[] {
  const parts = formOf(body, contentType);
  const known = ['file', 'messaging_product', 'type'];
  const unknown = [...parts.keys()].filter((name) => !known.includes(name));
  const missing = ['file', 'messaging_product'].filter((name) => !parts.has(name));
  return [
    ...unknown.map((name): Finding => ({ rule: 'unknown name', name, detail: 'is not described' })),
    ...missing.map((name): Finding => ({ rule: 'missing name', name, detail: 'is required' })),
  ];
}

function readJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
