import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate } from 'class-validator';

const WITH_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

/** A text without a zone would be read in whatever zone the server runs. */
const asInstant = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? new Date(WITH_ZONE.test(value) ? value : Number.NaN) : value;

/** A time that is the same everywhere: with `Z`, or its distance from UTC. */
export const IsInstant = (): PropertyDecorator => applyDecorators(Transform(asInstant), IsDate());
