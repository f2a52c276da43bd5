import { ApiProperty, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { ContactFilterDto } from './contacts-query.dto';

/** Which contacts are wanted: the filters of the list, without its pages and orders. */
export class ExportContactsDto extends OmitType(ContactFilterDto, [
  'limit',
  'cursor',
  'similar',
  'sort',
] as const) {
  /** Begins the file with a byte order mark, by which Excel knows UTF-8. @example false */
  @ApiProperty({ type: Boolean, required: false })
  @Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : (value as unknown)))
  @IsOptional()
  @IsBoolean()
  bom = false;
}
