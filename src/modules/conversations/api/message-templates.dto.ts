import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Uuid } from '../../../common/context';
import { IsOneLine, PageQueryDto, trimmed } from '../../../common/http';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../domain/message-content';
import {
  TEMPLATE_APPROVALS,
  TEMPLATE_KINDS,
  type TemplateApproval,
  type TemplateKind,
} from '../domain/template';
import { VARIABLE_TYPES, type VariableType } from '../domain/template-variable';

/** May be left out, and may not be null. */
const Omittable = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
const MOST_VARIABLES = 50;

/** A place in a template that is filled in anew for each message. */
export class TemplateVariableDto {
  /** What stands between the braces: small letters, digits and `_`. A provider's are as it names them, often numbers. @example "name" */
  @Matches(/^[a-z][a-z0-9_]{0,39}$/, {
    message: '$property must be a small letter and at most 39 small letters, digits and _',
  })
  @IsNotIn(Object.getOwnPropertyNames(Object.prototype), {
    message: '$property must not be a name that every object of a program has',
  })
  name!: string;

  /** What its values are. Days (`2026-01-09`) and times (`14:30`) are shown in the way of the language. @example "text" */
  @ApiProperty({ enum: VARIABLE_TYPES })
  @IsIn(VARIABLE_TYPES)
  type!: VariableType;

  /** A value that it could have. @example "Ada" */
  @IsString()
  @MaxLength(1600)
  example!: string;

  /** How many characters a value has at most. @example 100 */
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1600 })
  @IsInt()
  @Min(1)
  @Max(1600)
  maxLength!: number;
}

/** A text template to be added. */
export class NewTemplateDto {
  /** What the members call it, 1 to 100 characters. @example "Appointment moved" */
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  name!: string;

  /** A language tag. @example "en" */
  @IsString()
  @Length(2, 35)
  language!: string;

  /** What whoever gets it must have consented to. @example "transactional" */
  @ApiProperty({ enum: CONSENT_PURPOSES })
  @IsIn(CONSENT_PURPOSES)
  consentPurpose!: ConsentPurpose;

  /** 1 to 1,600 characters; `{{name}}` is the place of a variable. It must not ask for an answer that changes consent, such as STOP. @example "Hi {{name}}, your appointment is moved to {{day}}." */
  @IsString()
  @MaxLength(5000)
  body!: string;

  /** All that stand in the body, and no others. @example [{"name":"name","type":"text","example":"Ada","maxLength":100},{"name":"day","type":"date","example":"2026-01-09","maxLength":10}] */
  @ApiProperty({ type: [TemplateVariableDto], maxItems: MOST_VARIABLES })
  @IsArray()
  @ArrayMaxSize(MOST_VARIABLES)
  @ValidateNested({ each: true })
  @Type(() => TemplateVariableDto)
  variables!: TemplateVariableDto[];

  /** false: it cannot be used. @example true */
  @Omittable()
  @IsBoolean()
  isActive?: boolean;
}

/** What can be changed; what is left out stays. Of a provider's template `consentPurpose` and `isActive` alone. */
export class ChangeTemplateDto {
  /** 1 to 100 characters. @example "Appointment moved" */
  @Transform(trimmed)
  @Omittable()
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  name?: string;

  /** A language tag. @example "en" */
  @Omittable()
  @IsString()
  @Length(2, 35)
  language?: string;

  /** Never laxer than the category that the provider files it under. @example "marketing" */
  @ApiProperty({ enum: CONSENT_PURPOSES, required: false })
  @Omittable()
  @IsIn(CONSENT_PURPOSES)
  consentPurpose?: ConsentPurpose;

  /** With its variables, where others stand in it. @example "Hi {{name}}, your appointment is moved to {{day}}." */
  @Omittable()
  @IsString()
  @MaxLength(5000)
  body?: string;

  /** All that stand in the body, and no others. @example [{"name":"name","type":"text","example":"Ada","maxLength":100},{"name":"day","type":"date","example":"2026-01-09","maxLength":10}] */
  @ApiProperty({ type: [TemplateVariableDto], maxItems: MOST_VARIABLES, required: false })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MOST_VARIABLES)
  @ValidateNested({ each: true })
  @Type(() => TemplateVariableDto)
  variables?: TemplateVariableDto[];

  /** false: it cannot be used. @example true */
  @Omittable()
  @IsBoolean()
  isActive?: boolean;
}

/** Which templates are wanted. */
export class TemplatesQueryDto extends PageQueryDto {
  /** Only those of the organization's own (`text`), or those that a provider holds. @example "text" */
  @ApiProperty({ enum: TEMPLATE_KINDS, required: false })
  @IsOptional()
  @IsIn(TEMPLATE_KINDS)
  kind?: TemplateKind;

  /** Only those in exactly this language. @example "en" */
  @IsOptional()
  @IsString()
  @Length(1, 35)
  language?: string;

  /** Only those of which the provider thinks this. @example "approved" */
  @ApiProperty({ enum: TEMPLATE_APPROVALS, required: false })
  @IsOptional()
  @IsIn(TEMPLATE_APPROVALS)
  approval?: TemplateApproval;

  /** Only those for which this must have been consented to. @example "transactional" */
  @ApiProperty({ enum: CONSENT_PURPOSES, required: false })
  @IsOptional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;

  /** What the name begins with, in any case. @example "app" */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  search?: string;
}

/** Where a provider holds a template, and what it thinks of it. */
export class TemplateHoldDto {
  /** @example "twilio" */
  name!: string;
  /** The account: it can be sent from numbers of this one alone. @example "AC00000000000000000000000000000001" */
  accountId!: string;
  /** Twilio’s ContentSid. @example "HX00000000000000000000000000000001" */
  contentId!: string;
  /** @example "twilio/text" */
  contentType!: string | null;
  @ApiProperty({
    enum: TEMPLATE_APPROVALS,
    example: 'approved',
    description: 'Only an approved one is sent. One that is gone at the provider is `disabled`.',
  })
  approval!: TemplateApproval;
  /** The provider’s own words; null where it rejected nothing. @example "PROMOTIONAL" */
  rejectionReason!: string | null;
}

/** A template. */
export class MessageTemplateDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a1" */
  id!: string;
  @ApiProperty({ enum: TEMPLATE_KINDS, example: 'text' })
  kind!: TemplateKind;
  /** @example "Appointment moved" */
  name!: string;
  /** @example "en" */
  language!: string;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'transactional' })
  consentPurpose!: ConsentPurpose;
  /** Null for a provider’s template that has no text of its own. @example "Hi {{name}}, your appointment is moved to {{day}}." */
  body!: string | null;
  @ApiProperty({ type: [TemplateVariableDto] })
  variables!: TemplateVariableDto[];
  /** false: it cannot be used. @example true */
  isActive!: boolean;
  @ApiProperty({
    type: TemplateHoldDto,
    nullable: true,
    description: 'Null for a text of the organization’s own.',
  })
  provider!: TemplateHoldDto | null;
  /** One more with every change; stands in the `ETag`. @example 1 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}

/** What a template is to be filled in with. */
export class PreviewTemplateDto {
  /** A text for each variable, and for nothing else. */
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'string', maxLength: 1600 },
    example: { name: 'Ada', day: '2026-01-09' },
    required: false,
  })
  @Omittable()
  @IsObject()
  variables?: Record<string, unknown>;
}

/** How a text goes over the air as SMS. */
export class SmsLengthDto {
  @ApiProperty({ enum: ['gsm7', 'ucs2'], example: 'gsm7' })
  encoding!: 'gsm7' | 'ucs2';
  /** Septets or UTF-16 units, as the encoding counts. @example 49 */
  @ApiProperty({ type: 'integer' })
  units!: number;
  /** How many messages it is sent and paid as. @example 1 */
  @ApiProperty({ type: 'integer' })
  segments!: number;
}

/** What a person would read. */
export class TemplatePreviewDto {
  /** Null for a provider’s template that has no text of its own. @example "Hi Ada, your appointment is moved to January 9, 2026." */
  text!: string | null;
  @ApiProperty({ type: SmsLengthDto, nullable: true, description: 'Null without a text.' })
  sms!: SmsLengthDto | null;
}

/** Whose templates are to be read. */
export class SyncTemplatesDto {
  /** A connection of the account at the provider. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  connectionId!: Uuid;
}

/** A reading that was asked for, and how the last one ended. */
export class TemplateSyncDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  connectionId!: string;
  /** When the templates were last read over this connection; null when never. @example "2026-01-05T10:00:00.000Z" */
  lastSyncedAt!: Date | null;
  /** Why the last reading failed: `provider_unavailable` or `credentials_rejected`; null when it did not. @example "provider_unavailable" */
  lastError!: string | null;
}
