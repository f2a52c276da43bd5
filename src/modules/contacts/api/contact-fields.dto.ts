import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsNotIn,
  IsString,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { IsOneLine, trimmed } from '../../../common/http';
import { FIELD_TYPES, type FieldType } from '../domain/custom-field';

/** May be left out, and may not be null. */
const Omittable = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
const OPTIONS = { type: 'array', items: { type: 'string', maxLength: 100 }, maxItems: 100 } as const;

/** A field to be added. */
export class NewContactFieldDto {
  /** How programs name it: small letters, digits and `_`, at most 40. Cannot be changed. @example "company" */
  @Matches(/^[a-z][a-z0-9_]{0,39}$/, {
    message: 'key must be a small letter and at most 39 small letters, digits and _',
  })
  @IsNotIn(Object.getOwnPropertyNames(Object.prototype), {
    message: 'key must not be a name that every object of a program has',
  })
  key!: string;

  /** How people name it, 1 to 100 characters. @example "Company" */
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  label!: string;

  /** What it holds. Cannot be changed. @example "text" */
  @ApiProperty({ enum: FIELD_TYPES })
  @IsIn(FIELD_TYPES)
  type!: FieldType;

  /** What a `choice` can be, 1 to 100; other types have none. @example [] */
  @ApiProperty({ ...OPTIONS, required: false })
  @Omittable()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  options?: string[];

  /** true: no contact is added without it. Those that are there stay as they are. @example false */
  @Omittable()
  @IsBoolean()
  required?: boolean;
}

/** What can be changed; what is left out stays. */
export class ChangeContactFieldDto {
  /** 1 to 100 characters. @example "Company" */
  @Transform(trimmed)
  @Omittable()
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  label?: string;

  /** Values that contacts have stay, also where they are no option any more. @example [] */
  @ApiProperty({ ...OPTIONS, required: false })
  @Omittable()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  options?: string[];

  /** @example true */
  @Omittable()
  @IsBoolean()
  required?: boolean;
}

/** A field of the organization's own. */
export class ContactFieldDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b7" */
  id!: string;
  /** How programs name it, in `customFields` of a contact and in the filter `customField`. @example "company" */
  key!: string;
  /** How people name it. @example "Company" */
  label!: string;
  /** What it holds: texts of one line, numbers, true or false, days (`2026-01-05`), or one of its options. @example "text" */
  @ApiProperty({ enum: FIELD_TYPES })
  type!: FieldType;
  /** What a `choice` can be. @example [] */
  @ApiProperty(OPTIONS)
  options!: readonly string[];
  /** No contact is added without it. @example false */
  required!: boolean;
  /** One more with every change; stands in the `ETag`. @example 1 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}
