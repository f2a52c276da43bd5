import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, IsUUID, ValidateNested } from 'class-validator';
import type { Uuid } from '../../../common/context';
import { IsInstant } from '../../../common/http';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../domain/message-content';
import { MessageCauseDto } from './messages.dto';

/** Whom to call, and what to say. */
export class VoiceReminderDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  contactId!: Uuid;

  /** The voice number that calls. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  connectionId!: Uuid;

  /** 1 to 1,600 characters, spoken in the language of the number's settings. @example "Your appointment is tomorrow at ten." */
  @IsString()
  text!: string;

  /** What they must have consented to on voice; `transactional` when it is left out. @example "transactional" */
  @ApiProperty({ enum: CONSENT_PURPOSES, required: false })
  @IsOptional()
  @IsIn(CONSENT_PURPOSES)
  purpose?: ConsentPurpose;

  /** When to call, with its zone, within a year; at once when it is left out. @example "2027-01-05T14:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  sendAt?: Date;

  /** What it is about: whoever cancels that cancels the call. */
  @IsOptional()
  @ValidateNested()
  @Type(() => MessageCauseDto)
  cause?: MessageCauseDto;
}
