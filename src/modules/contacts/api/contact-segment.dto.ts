import { OmitType } from '@nestjs/swagger';
import { ContactFilterDto } from './contacts-query.dto';

/** Which contacts are meant: the filters of the list, without its pages and orders. Without any it is everybody. */
export class ContactSegmentDto extends OmitType(ContactFilterDto, [
  'limit',
  'cursor',
  'similar',
  'sort',
] as const) {}
