import { STATUS_CODES } from 'node:http';
import { ApiResponse } from '@nestjs/swagger';
import type { RuleError, RuleKind } from '../errors';

/** The one place where a rule becomes a status. */
export const STATUS_OF: Readonly<Record<RuleKind, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  too_many: 429,
  unavailable: 503,
};

const REQUEST_ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';

/** What is said with each status, as one of the errors that have it. */
const EXAMPLES: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_request', 'The request cannot be read.'],
  401: ['unauthenticated', 'Sign in again, or check the API key.'],
  403: ['permission_denied', 'You may not do this.'],
  404: ['not_found', 'There is nothing with this id.'],
  409: ['conflict', 'This conflicts with something that exists already.'],
  412: ['stale_version', 'This was changed by someone else in the meantime. Read it again.'],
  413: ['body_too_large', 'The body is larger than this route takes.'],
  415: ['unsupported_content_type', 'This route does not take this content type.'],
  422: ['validation_failed', 'Some fields are not right.'],
  429: ['rate_limit_exceeded', 'Too many requests. Try again in a moment.'],
  500: ['internal_error', 'Something went wrong on our side.'],
  503: ['database_unavailable', 'The service cannot reach its database. Try again.'],
};

const GENERAL_FIELDS = [{ field: 'email', code: 'required', message: 'email is required' }];

/** An example of `application/problem+json`, for the OpenAPI document: of one error, or of a status in general. */
function problemExample(status: number, error?: RuleError, permission?: string): Record<string, unknown> {
  const title = STATUS_CODES[status] ?? 'Error';
  const [code, detail] = error ? [error.code, error.message] : (EXAMPLES[status] ?? ['error', title]);
  const fields = error ? error.fields : status === 422 ? GENERAL_FIELDS : [];
  const missing =
    !error && status === 403 && permission !== undefined ? `: it needs the permission ${permission}.` : '.';
  return {
    type: 'about:blank',
    title,
    status,
    detail: !error && status === 403 ? detail.replace(/\.$/, missing) : detail,
    code,
    requestId: REQUEST_ID,
    ...(fields.length > 0 ? { errors: [...fields] } : {}),
    ...(error?.related ? { related: error.related } : {}),
  };
}

/** What a route fails with: a status in general, or an error, which says its status itself. */
export type Failure = number | RuleError;

export function statusOfFailure(failure: Failure): number {
  return typeof failure === 'number' ? failure : STATUS_OF[failure.kind];
}

/**
 * Says in the OpenAPI document that a route fails with this status, and by which codes: those of the errors, and the general one
 * where there are none, or where the route gives it besides. A route says all of a status at once: of two answers the document
 * would keep the words of both and the examples of one.
 */
export function problemResponse(
  status: number,
  failures: readonly Failure[],
  permission?: string,
): MethodDecorator & ClassDecorator {
  const errors = failures.filter((failure) => typeof failure !== 'number');
  // Fields can be wrong, and a permission can be missing, whatever else is against the rules.
  const isGeneral = errors.length < failures.length || status === 422;
  const told = [
    ...(isGeneral ? [problemExample(status, undefined, permission)] : []),
    ...errors.map((error) => problemExample(status, error)),
  ];
  const examples = Object.fromEntries(told.map((value) => [String(value['code']), { value }]));
  const codes = Object.keys(examples).map((code) => `\`${code}\``);
  return ApiResponse({
    status,
    description: `${STATUS_CODES[status] ?? 'Error'}: ${codes.join(', ')}`,
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' }, examples },
    },
  });
}
