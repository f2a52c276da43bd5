import { ValidateIf } from 'class-validator';

/** A field that may be left out, and may not be null: null would be a value that the thing cannot have. */
export const Omittable = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
