import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsOptional, IsString, IsUUID, Length, ValidateIf } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import type { Uuid } from '../../../common/context';
import { CHANNELS, type Channel } from '../domain/channel';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../domain/consent';
import { MAPPING_STATUSES, type MappingStatus } from '../domain/mappings/phone-mapping';

/** May be left out; null takes it away. */
const Given = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined && value !== null);

const METADATA = { type: 'object', additionalProperties: true, example: { crmId: '4711' } } as const;

/** What members say of a mapping; what is left out stays. */
class MappingValuesDto {
  /** The contact whose number it is. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @Given()
  @IsUUID()
  contactId?: Uuid | null;
  /** The member whose number it is. */
  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, example: null })
  @Given()
  @IsUUID()
  userId?: Uuid | null;
  /** Where the person is best reached. */
  @ApiProperty({ enum: CHANNELS, required: false, nullable: true, example: 'whatsapp' })
  @Given()
  @IsIn(CHANNELS)
  primaryChannel?: Channel | null;
  /** Of your own: at most 50 keys, with texts, numbers, booleans or null. */
  @ApiPropertyOptional(METADATA)
  @ValidateIf((_, value) => value !== undefined)
  @IsObject()
  metadata?: Record<string, unknown>;
  /** @example "Work phone, until five." */
  @Given()
  @IsString()
  @Length(1, 2000)
  notes?: string | null;
}

/** A mapping to be made: for a contact, a member, or both. */
export class NewPhoneMappingDto extends MappingValuesDto {
  /** E.164, or as dialled in the organization's default country. @example "+4930901820" */
  @IsString()
  @Length(4, 64)
  phone!: string;
}

/** What can be changed. Consent is recorded by `POST /consent`. */
export class ChangePhoneMappingDto extends MappingValuesDto {
  /** `suspended`: nothing is sent there. `active` takes back that, and that a provider called it invalid. */
  @ApiProperty({ enum: ['active', 'suspended'], required: false, example: 'suspended' })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(['active', 'suspended'])
  status?: 'active' | 'suspended';
}

export class PhoneMappingsQueryDto extends PageQueryDto {
  /** @example "+4930901820" */
  @IsOptional()
  @IsString()
  @Length(1, 128)
  phone?: string;
  /** Numbers of this contact. */
  @ApiProperty({
    type: String,
    format: 'uuid',
    required: false,
    example: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1',
  })
  @IsOptional()
  @IsUUID()
  contactId?: Uuid;
  /** Numbers of this member. */
  @ApiProperty({
    type: String,
    format: 'uuid',
    required: false,
    example: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2',
  })
  @IsOptional()
  @IsUUID()
  userId?: Uuid;
  /** Those in this state. */
  @ApiProperty({ enum: MAPPING_STATUSES, required: false, example: 'active' })
  @IsOptional()
  @IsIn(MAPPING_STATUSES)
  status?: MappingStatus;
  /** Of those who may be written to on this channel. */
  @ApiProperty({ enum: CHANNELS, required: false, example: 'sms' })
  @IsOptional()
  @IsIn(CHANNELS)
  optedIn?: Channel;
}

/** What the person wants on a channel, for a purpose. */
export class MappingConsentDto {
  @ApiProperty({ enum: CHANNELS, example: 'whatsapp' })
  channel!: Channel;
  @ApiProperty({ enum: CONSENT_PURPOSES, example: 'transactional' })
  purpose!: ConsentPurpose;
  /** @example true */
  optedIn!: boolean;
  /** @example "2026-01-05T10:00:00.000Z" */
  optedInAt!: Date | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  optedOutAt!: Date | null;
}

/** A number in the organization: whose it is, and what they consented to. */
export class PhoneMappingDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** E.164, or WhatsApp's id of a person who shows no number. @example "+4930901820" */
  phone!: string;
  /** @example "DE" */
  countryCode!: string | null;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0a7" */
  contactId!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  userId!: string | null;
  @ApiProperty({ enum: MAPPING_STATUSES, example: 'active' })
  status!: MappingStatus;
  /** Channels on which a provider said that nobody can be reached there: nothing more is sent on them. */
  @ApiProperty({ enum: CHANNELS, isArray: true, example: [] })
  unreachableOn!: Channel[];
  /** @example true */
  isVerified!: boolean;
  /** @example "2026-01-05T10:00:00.000Z" */
  verifiedAt!: Date | null;
  /** Where the person wrote. */
  @ApiProperty({ enum: CHANNELS, isArray: true, example: ['whatsapp'] })
  channels!: Channel[];
  @ApiProperty({ enum: CHANNELS, nullable: true, example: 'whatsapp' })
  primaryChannel!: Channel | null;
  @ApiProperty({ type: [MappingConsentDto] })
  consent!: MappingConsentDto[];
  /** @example "2026-01-05T10:00:00.000Z" */
  lastMessageAt!: Date | null;
  /** How many messages came from there. @example 12 */
  messageCount!: number;
  @ApiProperty(METADATA)
  metadata!: Readonly<Record<string, unknown>>;
  /** @example "Work phone, until five." */
  notes!: string | null;
  /** @example 1 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}
