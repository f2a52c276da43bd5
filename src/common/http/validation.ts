import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Invalid, type FieldError } from '../errors';

/** Fields of the body or query are not right; `errors` names each. */
export class ValidationFailed extends Invalid {
  readonly code = 'validation_failed';
  constructor(fields: readonly FieldError[]) {
    super('Some fields are not right.', { fields });
  }
}

function flatten(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const field = parent ? `${parent}.${property}` : property;
    const own = Object.entries(constraints).map(([code, message]) => ({ field, code, message }));
    return [...own, ...flatten(children, field)];
  });
}

/** Checks bodies and queries against their DTO: unknown fields are refused, each problem is told by field. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationFailed(flatten(errors)),
  });
}
