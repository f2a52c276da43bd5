import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsDate, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import { SORTS, type ContactSort } from '../domain/contact-list';
import { LEAD_SCORES, LEAD_STATUSES, type LeadScore, type LeadStatus } from '../domain/lead';

/** A parameter that may be there several times. */
const several = ({ value }: { value: unknown }): unknown =>
  value === undefined || Array.isArray(value) ? value : [value];
const MOST = 5;
const FIELD = /^[a-z][a-z0-9_]{0,39}:[^]{1,500}$/;

/** Which contacts are wanted. Filters add up; what nobody fulfils gives an empty list. */
export class ContactFilterDto extends PageQueryDto {
  /** Whose name (or its last word), phone or email begins so; capitals and accents do not matter. @example "dana" */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  q?: string;

  /** Who resembles this, misspelt or not: the most similar first, at most 200; with filters those among the 2,000 most similar that pass them. Not with `sort`. @example "Dana Webber" */
  @IsOptional()
  @IsString()
  @Length(2, 100)
  similar?: string;

  /** Exactly this phone. @example "+4915112345678" */
  @IsOptional()
  @IsString()
  @Length(1, 40)
  phone?: string;

  /** How interested they are. @example "hot" */
  @ApiProperty({ enum: LEAD_SCORES, required: false })
  @IsOptional()
  @IsIn(LEAD_SCORES)
  leadScore?: LeadScore;

  /** How far they have come. @example "new" */
  @ApiProperty({ enum: LEAD_STATUSES, required: false })
  @IsOptional()
  @IsIn(LEAD_STATUSES)
  leadStatus?: LeadStatus;

  /** Who asked about this; given several times, about all of them. @example ["haircut"] */
  @ApiProperty({ type: 'array', items: { type: 'string', maxLength: 100 }, maxItems: MOST, required: false })
  @Transform(several)
  @IsOptional()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  serviceInterest?: string[];

  /** Who bears this tag; given several times, all of them. @example ["vip"] */
  @ApiProperty({ type: 'array', items: { type: 'string', maxLength: 50 }, maxItems: MOST, required: false })
  @Transform(several)
  @IsOptional()
  @ArrayMaxSize(MOST)
  @IsString({ each: true })
  @Length(1, 50, { each: true })
  tag?: string[];

  /** Whose field of the organization's own has this value: `key:value`. @example ["company:Weber Ltd"] */
  @ApiProperty({ type: 'array', items: { type: 'string' }, maxItems: MOST, required: false })
  @Transform(several)
  @IsOptional()
  @ArrayMaxSize(MOST)
  @Matches(FIELD, { each: true, message: 'customField must be key:value' })
  customField?: string[];

  /** Made from this moment on. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  createdFrom?: Date;

  /** Made before this moment. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  createdTo?: Date;

  /** Last spoken to from this moment on. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  lastContactFrom?: Date;

  /** Last spoken to before this moment. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  lastContactTo?: Date;

  /** What the list is sorted by, with `-` from the last to the first. Without it what was found by `q` comes as it was found, all else by its newest change. Who has no value comes last. @example "-lastContactAt" */
  @ApiProperty({ enum: SORTS, required: false })
  @IsOptional()
  @IsIn(SORTS)
  sort?: ContactSort;
}
