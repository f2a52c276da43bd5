import { createParamDecorator, Param, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../auth';
import { asUuid, isUuid, type OrgScope, type Uuid } from '../context';
import { NotFound } from '../errors';
import { scopeOf, type KnownRequest } from './request';

/** An id that is none; answered like an id that nothing has. */
export class NoSuchThing extends NotFound {
  readonly code = 'not_found';
  constructor() {
    super('There is nothing with this id.');
  }
}

function toUuid(text: string): Uuid {
  if (!isUuid(text)) throw new NoSuchThing();
  return asUuid(text);
}

const uuidPipe: PipeTransform<string, Uuid> = { transform: toUuid };

/** The id that stands in the path of a request; null where its route has none. Throws {@link NoSuchThing}. */
export function idIn({ params }: FastifyRequest, name: string): Uuid | null {
  const text = (params as Readonly<Record<string, string | undefined>>)[name];
  return text === undefined ? null : toUuid(text);
}

/** Tells in the API's description of a UUID in the path. {@link IdParam} does so, too. */
export const HasId = (name: string): MethodDecorator =>
  ApiParam({
    name,
    schema: { type: 'string', format: 'uuid', example: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1' },
  });

/** A UUID in the path. */
export function IdParam(name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Param(name, uuidPipe)(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key !== undefined && method) HasId(name)(target, key, method);
  };
}

function requestOf(context: ExecutionContext): KnownRequest {
  return context.switchToHttp().getRequest<KnownRequest>();
}

/** A header that the OpenAPI document leaves out: it is sent by itself, or told elsewhere. */
export const QuietHeader = createParamDecorator((name: string, context: ExecutionContext) => {
  const value = requestOf(context).headers[name];
  return typeof value === 'string' ? value : undefined;
});

/** Who is calling. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = requestOf(context);
  if (!principal) throw new Error('a public route has no caller');
  return principal;
});

/** The caller's scope, for routes with transactions of their own. */
export const CurrentScope = createParamDecorator((_: unknown, context: ExecutionContext): OrgScope => {
  const scope = scopeOf(requestOf(context));
  if (!scope) throw new Error('a public route has no scope');
  return scope;
});
