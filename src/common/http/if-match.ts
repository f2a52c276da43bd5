import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { BadRequest, PreconditionFailed } from '../errors';
import { parseEntityTag } from './entity-tag';
import { failsWith } from './parameter-failures';
import type { KnownRequest } from './request';

/** Someone else changed it since the caller read it, or what they read was another organization's. */
export class StaleVersion extends PreconditionFailed {
  readonly code = 'stale_version';
  constructor() {
    super('This was changed by someone else in the meantime. Read it again.');
  }
}
/** The header is not one strong entity tag as this server gives them, nor `*`. */
export class BadIfMatch extends BadRequest {
  readonly code = 'bad_if_match';
  constructor() {
    super('If-Match takes one ETag as it was answered, "<organization id>.<version>", or *.');
  }
}

const demandedVersion = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const { headers, principal } = context.switchToHttp().getRequest<KnownRequest>();
  const { 'if-match': header } = headers;
  if (header === undefined || header === '*') return undefined;
  const tag = parseEntityTag(header);
  if (!tag) throw new BadIfMatch();
  if (tag.orgId !== principal?.orgId) throw new StaleVersion();
  return tag.version;
});

const describeHeader = ApiHeader({
  name: 'If-Match',
  required: false,
  description:
    'The `ETag` of what you read, `"<organization id>.<version>"`: when it was changed since, or was another organization’s, the answer is 412 and nothing changes. Without it, the last one wins.',
  schema: { type: 'string' },
});

/**
 * The row version that the caller demands with `If-Match`; undefined without the header and for `*` (RFC 9110, 13.1.1).
 * To be handed to {@link checkVersion} when the row is locked. Says by itself in the OpenAPI document that the route takes
 * the header.
 */
export function IfMatch(): ParameterDecorator {
  return (target, key, index) => {
    demandedVersion()(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || !method) return;
    describeHeader(target, key, method);
    failsWith(target, key, [new BadIfMatch(), new StaleVersion()]);
  };
}

/** Throws {@link StaleVersion} when the row is not the one that the caller saw. `current` is read under lock. */
export function checkVersion(current: number, demanded: number | undefined): void {
  if (demanded !== undefined && demanded !== current) throw new StaleVersion();
}
