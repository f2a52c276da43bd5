import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { Invalid, type FieldError } from '../errors';

/** Fields of the body or query are not right; `errors` names each. */
export class ValidationFailed extends Invalid {
  readonly code = 'validation_failed';
  constructor(fields: readonly FieldError[]) {
    super('Some fields are not right.', { fields });
  }
}

/** Whoever sends nonsense gets a part of it back, not all. */
const MAX_COMPLAINTS = 20;
const MAX_NAME = 100;

function shortened({ field, code, message }: FieldError): FieldError {
  return { field: field.slice(0, MAX_NAME), code, message: message.slice(0, 3 * MAX_NAME) };
}

/** The validator's words are for programmers where a value is missing altogether, or is no time. */
function complaints(
  field: string,
  value: unknown,
  constraints: Readonly<Record<string, string>>,
): FieldError[] {
  const broken = Object.entries(constraints);
  if (value === undefined && broken.length > 0)
    return [{ field, code: 'required', message: `${field} is required` }];
  return broken.map(([code, message]) => ({
    field,
    code,
    message: code === 'isDate' ? `${field} must be a time, such as 2026-01-05T10:00:00Z` : message,
  }));
}

function flatten(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, value, constraints = {}, children = [] }) => {
    const field = parent ? `${parent}.${property}` : property;
    return [...complaints(field, value, constraints), ...flatten(children, field)];
  });
}

/** Checks bodies and queries against their DTO: unknown fields are refused, each problem is told by field. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false },
    exceptionFactory: (errors) =>
      new ValidationFailed(flatten(errors).slice(0, MAX_COMPLAINTS).map(shortened)),
  });
}
