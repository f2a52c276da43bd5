import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { Uuid } from '../../../common/context';
import type { Weekday } from '../domain/voice-settings';

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const isGiven = (_: object, value: unknown): boolean => value !== null && value !== undefined;

/** When somebody is there to answer, by the organization's clock. */
export class StaffedHoursDto {
  /** Days of the week, Monday is 1. @example [1, 2, 3, 4, 5] */
  @ApiProperty({ type: [Number], enum: DAYS })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(DAYS, { each: true })
  days!: Weekday[];

  /** @example "09:00" */
  @Matches(CLOCK, { message: 'start must be a time of day, HH:MM' })
  start!: string;

  /** Over midnight where it is the earlier one. @example "18:00" */
  @Matches(CLOCK, { message: 'end must be a time of day, HH:MM' })
  end!: string;
}

/** What is written to somebody whose call was missed. What is left out stays. */
export class ChangeMissedCallTextDto {
  /** @example true */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  /** 1 to 1,000 characters. @example "Sorry that we missed your call. Write to us here." */
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  text?: string;

  /** Over which SMS or WhatsApp number. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @ApiProperty({ type: String, nullable: true, required: false })
  @ValidateIf(isGiven)
  @IsUUID()
  connectionId?: Uuid | null;
}

/** What can be chosen; what is left out stays, null takes away. */
export class ChangeVoiceSettingsDto {
  /** BCP 47: the language that is spoken. @example "en-US" */
  @IsOptional()
  @Matches(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/, { message: 'language must be a language tag' })
  language?: string;

  /** The provider's name of a voice; null for its own choice. @example "Polly.Joanna" */
  @ApiProperty({ type: String, nullable: true, required: false })
  @ValidateIf(isGiven)
  @Matches(/^[A-Za-z0-9._-]{1,60}$/, { message: 'voice must be the name of a voice' })
  voice?: string | null;

  /** Said first, up to 1,000 characters. @example "Good morning, this is Bright Dental." */
  @ApiProperty({ type: String, nullable: true, required: false })
  @ValidateIf(isGiven)
  @IsString()
  @Length(1, 1000)
  greeting?: string | null;

  /** Numbers of staff that ring together, at most ten; none: calls are not forwarded. @example ["+14155550123"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  forwardTo?: string[];

  /** How long it rings there, 5 to 120 seconds. @example 20 */
  @IsOptional()
  @IsInt()
  @Min(5)
  @Max(120)
  forwardTimeoutSeconds?: number;

  /** When calls are forwarded; null: always. */
  @ApiProperty({ type: StaffedHoursDto, nullable: true, required: false })
  @ValidateIf(isGiven)
  @IsObject()
  @ValidateNested()
  @Type(() => StaffedHoursDto)
  forwardHours?: StaffedHoursDto | null;

  /** Whether callers can leave a message. @example true */
  @IsOptional()
  @IsBoolean()
  voicemailEnabled?: boolean;

  /** Said before the tone, up to 1,000 characters. @example "Please leave a message after the tone." */
  @ApiProperty({ type: String, nullable: true, required: false })
  @ValidateIf(isGiven)
  @IsString()
  @Length(1, 1000)
  voicemailPrompt?: string | null;

  /** 5 to 600 seconds. @example 120 */
  @IsOptional()
  @IsInt()
  @Min(5)
  @Max(600)
  voicemailMaxSeconds?: number;

  /** Once a recording is stored here, the provider's copy is deleted. @example false */
  @IsOptional()
  @IsBoolean()
  voicemailDeletedAtProvider?: boolean;

  /** Said at the end, 1 to 1,000 characters. @example "Thank you for your call. Goodbye." */
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  closing?: string;

  /** Said after a reminder: key 9 ends such calls. @example "Press 9 if you want no more calls like this." */
  @IsOptional()
  @IsString()
  @Length(1, 300)
  stopPrompt?: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ChangeMissedCallTextDto)
  missedCallText?: ChangeMissedCallTextDto;
}

/** What is written to somebody whose call was missed, where their consent allows it. */
export class MissedCallTextDto {
  /** @example false */
  enabled!: boolean;
  /** @example "Sorry that we missed your call. Write to us here." */
  text!: string;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @ApiProperty({ type: String, nullable: true })
  connectionId!: string | null;
}

/** What a number does when somebody calls. */
export class VoiceSettingsDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  connectionId!: string;
  /** @example "en-US" */
  language!: string;
  /** @example "Polly.Joanna" */
  voice!: string | null;
  /** @example "Good morning, this is Bright Dental." */
  greeting!: string | null;
  /** @example ["+14155550123"] */
  @ApiProperty({ type: [String] })
  forwardTo!: readonly string[];
  /** @example 20 */
  forwardTimeoutSeconds!: number;
  @ApiProperty({ type: StaffedHoursDto, nullable: true })
  forwardHours!: { readonly days: readonly Weekday[]; readonly start: string; readonly end: string } | null;
  /** @example true */
  voicemailEnabled!: boolean;
  /** @example "Please leave a message after the tone." */
  voicemailPrompt!: string | null;
  /** @example 120 */
  voicemailMaxSeconds!: number;
  /** Once a recording is stored here, the provider's copy is deleted. @example false */
  voicemailDeletedAtProvider!: boolean;
  /** @example "Thank you for your call. Goodbye." */
  closing!: string;
  /** @example "Press 9 if you want no more calls like this." */
  stopPrompt!: string;
  missedCallText!: MissedCallTextDto;
  /** One more with every change. @example 1 */
  version!: number;
}
