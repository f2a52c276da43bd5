import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDate, IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import { CALL_STATUSES, type CallStatus } from '../domain/call';
import { MessageMediaDto } from './media.dto';

const DIRECTIONS = ['incoming', 'outgoing'] as const;

/** Which calls are wanted. */
export class CallsQueryDto extends PageQueryDto {
  /** Only those that came in, or went out. */
  @ApiProperty({ enum: DIRECTIONS, required: false, example: 'incoming' })
  @IsOptional()
  @IsIn(DIRECTIONS)
  direction?: (typeof DIRECTIONS)[number];

  /** Only those with this status. */
  @ApiProperty({ enum: CALL_STATUSES, required: false, example: 'missed' })
  @IsOptional()
  @IsIn(CALL_STATUSES)
  status?: CallStatus;

  /** Only those over this number. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  /** Only those with this contact. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  @IsOptional()
  @IsUUID()
  contactId?: string;

  /** Started at this time or later. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** Started before this time. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

/** Who a call is with. */
export class CallContactDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  id!: string;
  /** @example "Ada Example" */
  name!: string | null;
  /** E.164. @example "+4915112345678" */
  phone!: string | null;
}

/** The business number of a call. */
export class CallConnectionDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  id!: string;
  /** @example "Front desk" */
  friendlyName!: string;
  /** E.164. @example "+14155238886" */
  address!: string;
}

/** What a caller left. */
export class VoicemailDto {
  /** It stands in the conversation, too; null when it was erased there. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  messageId!: string | null;
  /** @example 17 */
  seconds!: number | null;
  @ApiProperty({ type: MessageMediaDto, nullable: true })
  file!: MessageMediaDto | null;
  /** When the provider's copy was deleted; null as long as it is there. @example "2026-01-05T10:01:00.000Z" */
  deletedAtProviderAt!: Date | null;
}

/** What was written to whoever called because nobody answered, or why nothing was. */
export class TextBackDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e2" */
  messageId!: string | null;
  /** `contact_opted_out`, `session_window_closed`, `texted_back_before`, `too_late`, `number_withheld` … @example "texted_back_before" */
  refusal!: string | null;
}

/** One call. */
export class CallDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa1c1" */
  id!: string;
  @ApiProperty({ enum: DIRECTIONS, example: 'incoming' })
  direction!: (typeof DIRECTIONS)[number];
  @ApiProperty({
    enum: CALL_STATUSES,
    example: 'missed',
    description:
      '`missed`: it came in, and nobody of the business spoke with the caller. `failed` with the error code `end_unknown`: nobody ever told how it ended.',
  })
  status!: CallStatus;
  /** E.164; null when the caller withholds it. @example "+4915112345678" */
  from!: string | null;
  /** @example "+14155238886" */
  to!: string | null;
  @ApiProperty({ type: CallContactDto, nullable: true, description: 'Null of a caller who is not known.' })
  contact!: CallContactDto | null;
  @ApiProperty({ type: CallConnectionDto, nullable: true, description: 'Null when the number was removed.' })
  connection!: CallConnectionDto | null;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0f1" */
  conversationId!: string | null;
  /** Of a call that was made to say something: the message. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e3" */
  spokenMessageId!: string | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  startedAt!: Date;
  /** When they began to speak; null when nobody did. @example "2026-01-05T10:00:12.000Z" */
  answeredAt!: Date | null;
  /** @example "2026-01-05T10:00:31.000Z" */
  endedAt!: Date | null;
  /** Of the whole call. @example 31 */
  durationSeconds!: number | null;
  /** Why it failed; null otherwise. @example "invalid_number" */
  errorCode!: string | null;
  @ApiProperty({ type: VoicemailDto, nullable: true })
  voicemail!: VoicemailDto | null;
  @ApiProperty({ type: TextBackDto, nullable: true, description: 'Null when nothing was to be written.' })
  textBack!: TextBackDto | null;
}
