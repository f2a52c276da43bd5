import { ApiProperty, PartialType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
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
import { IsInstant, IsOneLine, PageQueryDto, trimmed } from '../../../common/http';
import { ContactSegmentDto } from '../../contacts';
import { RECIPIENT_OUTCOMES, type RecipientOutcome } from '../domain/bulk-figures';
import { BULK_SEND_STATUSES, type BulkSendStatus } from '../domain/bulk-send';

/** May be left out, and is nothing else than what it is: null is refused. */
const Omittable = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** What a variable of the template is: `text`, the same for everybody, or `field`, of the contact. */
export class BulkVariableDto {
  /** As the template names it. @example "1" */
  @IsString()
  @Length(1, 64)
  name!: string;

  /** @example "the week after Easter" */
  @Omittable()
  @IsString()
  @Length(1, 1000)
  text?: string;

  /** `name`, `firstName`, `phone`, `email`, or `customField:<key>`. @example "firstName" */
  @Omittable()
  @IsString()
  @Matches(/^[a-zA-Z]{1,20}(:[a-z][a-z0-9_]{0,39})?$/)
  field?: string;

  /** For those who have nothing in this field; without it they are skipped. @example "you" */
  @Omittable()
  @IsString()
  @Length(1, 1000)
  fallback?: string;
}

/** What is to be sent to whom, by which number. */
export class BulkWishDto {
  /** Whom it is for: the filters of the list of contacts; `{}` is everybody. @example { "tag": ["vip"] } */
  @ApiProperty({ type: ContactSegmentDto })
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => ContactSegmentDto)
  segment!: ContactSegmentDto;

  /** The number that it goes out by. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  connectionId!: Uuid;

  /** The template that everybody gets. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d2" */
  @ApiProperty({ type: String, format: 'uuid' })
  @IsUUID()
  templateId!: Uuid;

  /** Every variable of the template, once; left out for a template that has none. */
  @ApiProperty({
    type: [BulkVariableDto],
    required: false,
    example: [{ name: '1', field: 'firstName', fallback: 'you' }],
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => BulkVariableDto)
  variables?: BulkVariableDto[];

  /** At most so many messages a minute, where that is slower than the connection; null for the pace of the connection. @example 600 */
  @ApiProperty({ type: 'integer', nullable: true, required: false })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(60_000)
  perMinute?: number | null;
}

/** A bulk send as it is drafted. */
export class NewBulkSendDto extends BulkWishDto {
  /** How the team calls it; nobody else sees it. @example "Easter offer" */
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  name!: string;
}

/** What of a draft is to be changed. */
export class ChangeBulkSendDto extends PartialType(NewBulkSendDto, { skipNullProperties: false }) {}

/** When it starts. */
export class StartBulkSendDto {
  /** Not before this time, told with its zone, within a year; left out or null: now. @example "2026-01-05T09:00:00.000Z" */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, required: false })
  @IsOptional()
  @IsInstant()
  sendAt?: Date | null;
}

/** Which bulk sends are wanted. */
export class BulkSendsQueryDto extends PageQueryDto {
  /** Only those with this status. */
  @ApiProperty({ enum: BULK_SEND_STATUSES, required: false, example: 'running' })
  @IsOptional()
  @IsIn(BULK_SEND_STATUSES)
  status?: BulkSendStatus;
}

/** Which recipients are wanted. */
export class BulkRecipientsQueryDto extends PageQueryDto {
  /** Only those with whom it came to this. */
  @ApiProperty({ enum: RECIPIENT_OUTCOMES, required: false, example: 'skipped' })
  @IsOptional()
  @IsIn(RECIPIENT_OUTCOMES)
  outcome?: RecipientOutcome;
}
