import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches, ValidateBy } from 'class-validator';
import { isEmailAddress } from '../auth';

/** The field is an address of a person, by the one rule that holds everywhere: {@link isEmailAddress}. */
export const IsEmailAddress = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ format: 'email' }),
    ValidateBy({
      name: 'isEmail',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isEmailAddress(value),
        defaultMessage: (args) => `${args?.property ?? 'it'} must be an email address`,
      },
    }),
  );

/** What was typed around a text is no part of it: for `@Transform`. */
export const trimmed = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.trim() : value;

/** The field is one line: what is a name stands in mails, and what ends a line there begins something else. */
export const IsOneLine = (): PropertyDecorator =>
  Matches(/^[^\p{Cc}\u2028\u2029]*$/u, {
    message: '$property must not hold line breaks or control characters',
  });
