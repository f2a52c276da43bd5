import { STATUS_CODES } from 'node:http';
import {
  applyDecorators,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  SetMetadata,
  type Type,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from '../auth';
import { IdempotencyKeyReused, IdempotentRequestRunning } from './kept-answers';
import { failuresOfParameters } from './parameter-failures';
import { problemResponse, statusOfFailure, type Failure } from './problem-example';

/** Metadata key under which a route's options are found by guards and interceptors. */
export const ROUTE = 'frontdesk:route';

interface CommonOptions {
  readonly summary: string;
  readonly description?: string;
  /** What it answers; a list for arrays; nothing for an empty body. */
  readonly response?: Type | [Type];
  /** It answers a file of this media type. */
  readonly file?: string;
  /** It answers text, such as a provider asks for. */
  readonly text?: { readonly mediaType: string; readonly description: string; readonly example: string };
  /** Default: 200, 201 for POST, 204 without a response. */
  readonly status?: number;
  /**
   * Statuses, and errors with codes of their own, beside those that every such route can give (401, 403, 413, 415, 429, 500,
   * 503). An error is given as it is thrown: the document shows it.
   */
  readonly errors?: readonly Failure[];
  /** The answer shows what can change without its `version`, such as a last use: it is sent whole each time. */
  readonly changesUncounted?: true;
  /** The answer is an organization, perhaps not the caller's own: its tag is that organization's. */
  readonly answersOrganization?: true;
  /** No transaction around the handler: it talks to the network and takes its own, short ones. */
  readonly ownTransactions?: boolean;
  /**
   * Honours `Idempotency-Key`: the answer is kept in the transaction of the effect. With `ownTransactions` the use case says
   * which one that is (`IdempotentEffects.once`). `sealed`: the answer holds a secret, and is kept encrypted.
   */
  readonly idempotent?: true | 'sealed';
}

/**
 * A route is public or states its permission; there is no third way. Whoever has a permission is limited by itself;
 * `limit: 'address'` limits a public route that costs something by the address of the client.
 */
export type RouteOptions = CommonOptions &
  ({ readonly permission: Permission } | { readonly public: true; readonly limit?: 'address' });

type Verb = (path: string) => MethodDecorator;

function describe(options: RouteOptions): string {
  const who = 'permission' in options ? `Permission: \`${options.permission}\`.` : 'Public.';
  return [options.description, who].filter(Boolean).join('\n\n');
}

function failuresOf(verb: Verb, options: RouteOptions): Failure[] {
  const guarded = 'permission' in options ? [401, 403, 429] : options.limit ? [429] : [];
  // Whoever takes a body refuses one that is too large or of another kind.
  const body = verb === Post || verb === Patch || verb === Put ? [413, 415] : [];
  const keyed = options.idempotent ? [400, new IdempotentRequestRunning(), new IdempotencyKeyReused()] : [];
  return [...guarded, ...body, ...(options.errors ?? []), ...keyed, 500, 503];
}

function describesProblems(verb: Verb, options: RouteOptions): MethodDecorator {
  const permission = 'permission' in options ? options.permission : undefined;
  return (target, key, method) => {
    const failures = [...failuresOf(verb, options), ...failuresOfParameters(target, key)];
    for (const status of new Set(failures.map(statusOfFailure))) {
      const alike = failures.filter((failure) => statusOfFailure(failure) === status);
      problemResponse(status, alike, permission)(target, key, method);
    }
  };
}

function statusOf(verb: Verb, options: RouteOptions): number {
  if (options.status !== undefined) return options.status;
  if (options.file !== undefined || options.text !== undefined) return 200;
  if (!options.response) return 204;
  return verb === Post ? 201 : 200;
}

function success(status: number, { response, file, text }: RouteOptions): MethodDecorator & ClassDecorator {
  const description = STATUS_CODES[status] ?? 'OK';
  if (text)
    return ApiResponse({
      status,
      description: text.description,
      content: { [text.mediaType]: { schema: { type: 'string' }, example: text.example } },
    });
  if (file !== undefined)
    return ApiResponse({
      status,
      description,
      content: { [file]: { schema: { type: 'string', format: 'binary' } } },
    });
  if (!response) return ApiResponse({ status, description });
  return Array.isArray(response)
    ? ApiResponse({ status, description, type: response[0], isArray: true })
    : ApiResponse({ status, description, type: response });
}

function route(verb: Verb, path: string, options: RouteOptions): MethodDecorator {
  const status = statusOf(verb, options);
  return applyDecorators(
    verb(path),
    HttpCode(status),
    SetMetadata(ROUTE, options),
    ApiOperation({
      summary: options.summary,
      description: describe(options),
      ...('permission' in options
        ? { 'x-permission': options.permission }
        : { security: [], 'x-public': true }),
    }),
    success(status, options),
    describesProblems(verb, options),
    ...('permission' in options ? [ApiBearerAuth('accessToken')] : []),
    // An API key has no session of its own.
    ...('permission' in options && options.permission !== 'self' ? [ApiSecurity('apiKey')] : []),
    ...(options.idempotent
      ? [
          ApiHeader({
            name: 'Idempotency-Key',
            required: false,
            description:
              'A key of your choice, at most 255 characters. The same key with the same body gives the same answer and has no second effect, for 24 hours.',
            schema: { type: 'string', maxLength: 255 },
          }),
        ]
      : []),
  );
}

/**
 * The one decorator of a controller method: HTTP verb and path, who may, what it answers, how it fails, and how all of
 * that stands in the OpenAPI document.
 */
export const Route = {
  get: (path: string, options: RouteOptions) => route(Get, path, options),
  post: (path: string, options: RouteOptions) => route(Post, path, options),
  patch: (path: string, options: RouteOptions) => route(Patch, path, options),
  put: (path: string, options: RouteOptions) => route(Put, path, options),
  delete: (path: string, options: RouteOptions) => route(Delete, path, options),
} as const;
