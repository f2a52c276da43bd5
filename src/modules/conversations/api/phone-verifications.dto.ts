import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { TEXT_CHANNELS, type TextChannel } from '../app/contact-threads';

/** How to send a code. */
export class RequestVerificationDto {
  @ApiProperty({
    enum: TEXT_CHANNELS,
    required: false,
    example: 'sms',
    description: 'Left out: on the primary channel of the mapping, if there is a connection for it.',
  })
  @IsOptional()
  @IsIn(TEXT_CHANNELS)
  channel?: TextChannel;
}

/** A code that is on its way. */
export class VerificationDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  mappingId!: string;
  /** The message that says it, with dots in place of the code. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e0" */
  messageId!: string;
  @ApiProperty({ enum: TEXT_CHANNELS, example: 'sms' })
  channel!: TextChannel;
  /** @example "2026-01-05T10:10:00.000Z" */
  expiresAt!: Date;
}

/** What the person read. */
export class ConfirmVerificationDto {
  /** Six digits. @example "012345" */
  @Matches(/^[0-9]{6}$/, { message: 'code must be six digits' })
  code!: string;
}

/** A number whose person proved that it is theirs. */
export class VerifiedNumberDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  mappingId!: string;
  /** @example "2026-01-05T10:02:00.000Z" */
  verifiedAt!: Date;
}
