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

/** Names that lead to what all objects share. */
const SHARED = new Set(['__proto__', 'constructor', 'prototype']);

/** Names such as `constructor` are refused where Nest would leave them out: nobody would be told that a value was not taken. */
class StrictPipe extends ValidationPipe {
  protected override stripProtoKeys(value: unknown, path: readonly string[] = []): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      const field = [...path, name].join('.');
      if (SHARED.has(name))
        throw new ValidationFailed([
          shortened({ field, code: 'unknown_field', message: `${field} is no field` }),
        ]);
      this.stripProtoKeys(inner, [...path, name]);
    }
  }
}

/** Checks bodies and queries against their DTO: unknown fields are refused, each problem is told by field. */
export function validationPipe(): ValidationPipe {
  return new StrictPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false },
    exceptionFactory: (errors) =>
      new ValidationFailed(flatten(errors).slice(0, MAX_COMPLAINTS).map(shortened)),
  });
}
