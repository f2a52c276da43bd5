import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../common/http';

const TYPES = ['call', 'change', 'consent', 'lead_status', 'message'] as const;

/** Which part of a timeline is wanted. */
export class TimelineQueryDto extends PageQueryDto {
  /** One or more of `message`, `consent`, `lead_status` and `change`, with commas between; everything without. @example "message,consent" */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsOptional()
  @IsArray()
  @IsIn(TYPES, { each: true })
  type?: string[];
}

/** One thing that happened with a contact. */
export class TimelineItemDto {
  /** @example "2026-01-05T10:00:00.000Z" */
  at!: Date;
  /** Which kind of thing. @example "message" */
  @ApiProperty({ enum: TYPES })
  type!: string;
  /** Of the message, the entry of the ledger, the move or the entry of the audit trail. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d4" */
  id!: string;
  /** What it was; its keys are the type's own. Of a `change`: `changedFields`, and `old` and `new` of what is not personal. @example {"conversationId":"0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1","direction":"incoming","status":"received","text":"Hello"} */
  detail!: Record<string, unknown>;
}
