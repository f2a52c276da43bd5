import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { meaningOf, type SqlMeaning } from '../database';
import { RuleError, type FieldError } from '../errors';
import { Log } from '../logging';
import { STATUS_OF } from './problem-example';
import type { ProblemDto } from './problem.dto';

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields?: readonly FieldError[];
  readonly related?: Readonly<Record<string, string>> | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** What a refusal of the database is to the caller. No text of the database goes out. */
const ANSWER_TO_SQL: Readonly<Record<SqlMeaning, Answer>> = {
  unavailable: {
    status: 503,
    code: 'database_unavailable',
    detail: 'The service cannot reach its database. Try again.',
    retryAfterSeconds: 2,
  },
  conflict: { status: 409, code: 'conflict', detail: 'This conflicts with something that exists already.' },
  reference_missing: {
    status: 422,
    code: 'reference_not_found',
    detail: 'Something that this refers to does not exist.',
  },
  value_refused: { status: 422, code: 'invalid_value', detail: 'A value is outside of what can be stored.' },
  too_slow: {
    status: 503,
    code: 'too_slow',
    detail: 'The work took too long and was undone. Try again.',
    retryAfterSeconds: 2,
  },
};

function fromDatabase(error: unknown): Answer | undefined {
  const meaning = meaningOf(error);
  return meaning && ANSWER_TO_SQL[meaning];
}

/** Fastify's own refusals, before a route is reached. */
function fromFramework(error: unknown): Answer | undefined {
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown }).statusCode;
  switch (status) {
    case 400:
      return { status, code: 'malformed_request', detail: 'The request cannot be read.' };
    // 403: a file outside of what is served. There is none there, either.
    case 403:
    case 404:
      return { status: 404, code: 'route_not_found', detail: 'There is no such route.' };
    case 405:
      return { status, code: 'method_not_allowed', detail: 'This route does not take this method.' };
    case 413:
      return { status, code: 'body_too_large', detail: 'The body is larger than this route takes.' };
    case 414:
      return { status, code: 'address_too_long', detail: 'The address is too long.' };
    case 415:
      return {
        status,
        code: 'unsupported_content_type',
        detail: 'This route does not take this content type.',
      };
    default:
      // Whatever else the framework finds fault with, such as a range beyond the end of a file, is no fault of ours.
      return typeof status === 'number' && status >= 400 && status < 500
        ? { status, code: 'request_refused', detail: 'The request cannot be answered as it is.' }
        : undefined;
  }
}

function answerTo(error: unknown): Answer {
  if (error instanceof RuleError)
    return {
      status: STATUS_OF[error.kind],
      code: error.code,
      detail: error.message,
      fields: error.fields,
      related: error.related,
      retryAfterSeconds: error.retryAfterSeconds,
    };
  return (
    fromFramework(error) ??
    fromDatabase(error) ?? {
      status: 500,
      code: 'internal_error',
      detail: 'Something went wrong on our side.',
    }
  );
}

/** Turns whatever was thrown into problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** The same for errors that Fastify raises outside of Nest's reach. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, code, detail, fields = [], related, retryAfterSeconds } = answerTo(error);
    if (status >= 500) this.log.error('a request failed', { requestId: request.id, status, code, error });
    if (reply.sent) return;
    const problem: ProblemDto = {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      code,
      requestId: request.id,
      ...(fields.length > 0 ? { errors: [...fields] } : {}),
      ...(related ? { related } : {}),
    };
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
