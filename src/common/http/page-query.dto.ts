import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** What every list takes. */
export class PageQueryDto {
  /** How many items, 1 to 200. @example 50 */
  @ApiProperty({ type: 'integer', required: false })
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` of the page before, with the same filters. @example "WyIyMDI2LTAxLTA1VDEwOjAwOjAwWiIsIjAxOTkiXQ.c2lnbmF0dXJl" */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;
}
