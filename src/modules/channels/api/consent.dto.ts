import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsDate,
  IsIn,
  IsIP,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import type { Uuid } from '../../../common/context';
import { PageQueryDto } from '../../../common/http';
import { CHANNELS, type Channel } from '../domain/channel';
import {
  CONSENT_PURPOSES,
  CONSENT_SOURCES,
  type ConsentAction,
  type ConsentPurpose,
  type ConsentSource,
} from '../domain/consent';

const ACTIONS = ['opt_in', 'opt_out'] as const;
const MAX_DETAILS = 20;
const MAX_DETAIL = 500;

/** A plus that was not escaped in a query reads as a blank. */
const plusAgain = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.replace(/^ (?=\d)/, '+') : value;

const DETAILS = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: MAX_DETAIL },
  required: false,
  description: `Whatever else shows it: at most ${MAX_DETAILS} texts of at most ${MAX_DETAIL} characters, by name.`,
  example: { signedBy: 'Dana Weber' },
} as unknown as ApiPropertyOptions;

const isTexts = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= MAX_DETAILS &&
  Object.entries(value).every(
    ([name, text]) => name.length <= 64 && typeof text === 'string' && text.length <= MAX_DETAIL,
  );

const IsTexts = (): PropertyDecorator =>
  ValidateBy({
    name: 'texts',
    validator: {
      validate: isTexts,
      defaultMessage: () =>
        `details must be at most ${MAX_DETAILS} texts of at most ${MAX_DETAIL} characters, by name`,
    },
  });

/** What proves it. */
export class ConsentEvidenceDto {
  /** The words that the person agreed to; an opt-in needs them. @example "I would like to get offers by WhatsApp." */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  wording?: string;
  /** How they said so; an opt-in needs it. @example "web form" */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  method?: string;
  /** From which address. @example "203.0.113.7" */
  @IsOptional()
  @IsIP()
  ip?: string;
  /** On which page. @example "https://salon.example/offers" */
  @IsOptional()
  @IsUrl({ require_protocol: true, protocols: ['http', 'https'] })
  @Length(1, 2000)
  url?: string;
  /** On which form, by whatever name it has. @example "offers-2026" */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  formId?: string;
  @ApiProperty(DETAILS)
  @IsOptional()
  @IsTexts()
  details?: Record<string, string>;
}

/** What a person said about their consent. */
export class RecordConsentDto {
  /** In international form; either this or `contactId`. @example "+4915112345678" */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  phone?: string;
  /** Then it is about the number that the contact has now. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @ApiProperty({ type: String, format: 'uuid', required: false })
  @IsOptional()
  @IsUUID()
  contactId?: Uuid;
  /** @example "whatsapp" */
  @ApiProperty({ enum: CHANNELS })
  @IsIn(CHANNELS)
  channel!: Channel;
  /** An opt-out of `transactional` is one of `marketing` as well. @example "marketing" */
  @ApiProperty({ enum: CONSENT_PURPOSES })
  @IsIn(CONSENT_PURPOSES)
  purpose!: ConsentPurpose;
  /** @example "opt_in" */
  @ApiProperty({ enum: ACTIONS })
  @IsIn(ACTIONS)
  action!: ConsentAction;
  /** Where it was taken down; without it, `console` for a member and `api` for an API key. @example "api" */
  @ApiProperty({ enum: ['api', 'console'], required: false })
  @IsOptional()
  @IsIn(['api', 'console'])
  source?: 'api' | 'console';
  /** When the person said so; without it, now. @example "2026-01-05T10:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  at?: Date;
  @ApiProperty({ type: ConsentEvidenceDto, required: false })
  @IsOptional()
  @Type(() => ConsentEvidenceDto)
  @ValidateNested()
  evidence?: ConsentEvidenceDto;
}

/** Whose consent. */
export class ConsentQueryDto {
  /** In international form; either this or `contactId`. @example "+4915112345678" */
  @IsOptional()
  @Transform(plusAgain)
  @IsString()
  @Length(1, 128)
  phone?: string;
  /** All addresses of a contact. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @ApiProperty({ type: String, format: 'uuid', required: false })
  @IsOptional()
  @IsUUID()
  contactId?: Uuid;
}

/** Which entries of the ledger. */
export class ConsentEventsQueryDto extends PageQueryDto {
  /** @example "+4915112345678" */
  @IsOptional()
  @Transform(plusAgain)
  @IsString()
  @Length(1, 128)
  phone?: string;
  /** @example "whatsapp" */
  @IsOptional()
  @IsIn(CHANNELS)
  channel?: Channel;
  /** @example "marketing" */
  @IsOptional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;
  /** What was said: opt-ins or opt-outs alone. @example "opt_out" */
  @ApiProperty({ enum: ACTIONS, required: false })
  @IsOptional()
  @IsIn(ACTIONS)
  action?: ConsentAction;
  /** Where it comes from: one kind of entries alone. @example "keyword" */
  @ApiProperty({ enum: CONSENT_SOURCES, required: false })
  @IsOptional()
  @IsIn(CONSENT_SOURCES)
  source?: ConsentSource;
  /** Said at this time or later. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;
  /** Said before this time. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

/** What is to be proved. */
export class ConsentProofQueryDto {
  /** @example "+4915112345678" */
  @Transform(plusAgain)
  @IsString()
  @Length(1, 128)
  phone!: string;
  /** @example "whatsapp" */
  @IsIn(CHANNELS)
  channel!: Channel;
  /** @example "marketing" */
  @IsIn(CONSENT_PURPOSES)
  purpose!: ConsentPurpose;
  /** The instant; without it, now. @example "2026-01-05T10:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  at?: Date;
}

/** One entry of the ledger. */
export class ConsentEventDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** E.164, or WhatsApp's id; of an erased person, a keyed hash. @example "+4915112345678" */
  phone!: string;
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  channel!: Channel;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'marketing' })
  purpose!: ConsentPurpose;
  @ApiProperty({ enum: ACTIONS, example: 'opt_in' })
  action!: ConsentAction;
  /** Where it comes from. @example "api" */
  @ApiProperty({ enum: CONSENT_SOURCES })
  source!: ConsentSource;
  /**
   * What proves it; of one that was recorded through the API, who recorded it.
   * @example { "wording": "I would like to get offers by WhatsApp.", "method": "web form" }
   */
  evidence!: Record<string, unknown>;
  /** When it was said. @example "2026-01-05T10:00:00.000Z" */
  at!: Date;
  /** When it was written down. @example "2026-01-05T10:00:01.000Z" */
  recordedAt!: Date;
}

/** What the ledger comes to for one address, channel and purpose. */
export class ConsentStateDto {
  /** @example "+4915112345678" */
  phone!: string;
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  channel!: Channel;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'marketing' })
  purpose!: ConsentPurpose;
  /** Whether they may be written to. @example true */
  optedIn!: boolean;
  /** The last opt-in that counted. @example "2026-01-05T10:00:00.000Z" */
  optedInAt!: Date | null;
  /** The last opt-out. @example "2026-01-04T10:00:00.000Z" */
  optedOutAt!: Date | null;
  /** Since when it is so; null where nothing was ever said. @example "2026-01-05T10:00:00.000Z" */
  since!: Date | null;
  @ApiProperty({ type: ConsentEventDto, nullable: true, description: 'The entry that makes it so.' })
  decidedBy!: ConsentEventDto | null;
}

/** An entry with the chain up to it. */
export class ChainedConsentEventDto extends ConsentEventDto {
  /** SHA-256 in hex over the digest before it and this entry. @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" */
  digest!: string;
}

/** What the ledger came to at an instant. */
export class ConsentProofDto {
  /** @example "+4915112345678" */
  phone!: string;
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  channel!: Channel;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'marketing' })
  purpose!: ConsentPurpose;
  /** @example "2026-01-05T10:00:00.000Z" */
  at!: Date;
  /** By everything that had been said by then, also what was written down later. @example true */
  optedIn!: boolean;
  /** By what had been written down by then: what could be known. @example true */
  optedInAsKnown!: boolean;
  @ApiProperty({ type: ConsentEventDto, nullable: true, description: 'The entry that decides.' })
  decidedBy!: ConsentEventDto | null;
  @ApiProperty({
    type: [ChainedConsentEventDto],
    description: 'Everything that had been said, oldest first.',
  })
  entries!: ChainedConsentEventDto[];
  /** Of the last entry; empty without any. @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" */
  digest!: string;
}
