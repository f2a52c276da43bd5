import { STATUS_CODES } from 'node:http';
import { ApiResponse } from '@nestjs/swagger';

const REQUEST_ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1';

/** What is said with each status, as one of the errors that have it. */
const EXAMPLES: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_request', 'The request cannot be read.'],
  401: ['unauthenticated', 'Sign in again, or check the API key.'],
  403: ['permission_denied', 'You may not do this: it needs the permission messages.send.'],
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

/** An example of `application/problem+json` with this status, for the OpenAPI document. */
export function problemExample(status: number): Readonly<Record<string, unknown>> {
  const title = STATUS_CODES[status] ?? 'Error';
  const [code, detail] = EXAMPLES[status] ?? ['error', title];
  const errors = [{ field: 'email', code: 'required', message: 'email is required' }];
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    requestId: REQUEST_ID,
    ...(status === 422 ? { errors } : {}),
  };
}

/** Says in the OpenAPI document that a route fails with this status. */
export function problemResponse(status: number): MethodDecorator & ClassDecorator {
  return ApiResponse({
    status,
    description: STATUS_CODES[status] ?? 'Error',
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/ProblemDto' },
        example: problemExample(status),
      },
    },
  });
}
