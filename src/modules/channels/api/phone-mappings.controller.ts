import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, pageOf, Route, type Page } from '../../../common/http';
import { ReadMappings } from '../app/mappings/read-mappings.query';
import { TendMappings } from '../app/mappings/tend-mappings.use-case';
import { InvalidPhoneNumber } from '../domain/errors';
import {
  MappingInUse,
  MappingInvalid,
  MappingNotFound,
  MappingTaken,
  NumberOfAnotherContact,
} from '../domain/mappings/mapping-errors';
import {
  ChangePhoneMappingDto,
  NewPhoneMappingDto,
  PhoneMappingDto,
  PhoneMappingsQueryDto,
} from './phone-mappings.dto';

const SOME_ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1' as Uuid;
const INVALID = new MappingInvalid([
  { field: 'contactId', code: 'one_of_two', message: 'give contactId or userId' },
]);

@ApiTags('Phone number mappings')
@Controller('phone-mappings')
export class PhoneMappingsController {
  constructor(
    private readonly mappings: TendMappings,
    private readonly reading: ReadMappings,
  ) {}

  @Route.post('', {
    summary: 'Say whose a number is',
    description:
      'A contact, a member, or both. Whoever writes gets a mapping by itself. It says nothing about consent: see `POST /consent`.',
    permission: 'contacts.write',
    response: PhoneMappingDto,
    idempotent: true,
    errors: [
      400,
      422,
      INVALID,
      new InvalidPhoneNumber('phone'),
      new MappingTaken(SOME_ID),
      new NumberOfAnotherContact(SOME_ID),
    ],
  })
  add(@Body() { phone, ...values }: NewPhoneMappingDto): Promise<PhoneMappingDto> {
    return this.mappings.add(phone, { ...NOTHING, ...values });
  }

  @Route.get('', {
    summary: 'List phone number mappings',
    description: 'Newest first.',
    permission: 'contacts.read',
    response: pageOf(PhoneMappingDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: PhoneMappingsQueryDto): Promise<Page<PhoneMappingDto>> {
    return this.reading.page(filter, limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a phone number mapping',
    permission: 'contacts.read',
    response: PhoneMappingDto,
    changesUncounted: true,
    errors: [new MappingNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<PhoneMappingDto> {
    return this.reading.one(id);
  }

  @Route.patch(':id', {
    summary: 'Change a phone number mapping',
    description: 'What is left out stays. Given to somebody else, the number has to be verified again.',
    permission: 'contacts.write',
    response: PhoneMappingDto,
    errors: [400, 422, INVALID, new MappingNotFound(), new NumberOfAnotherContact(SOME_ID)],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangePhoneMappingDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<PhoneMappingDto> {
    return this.mappings.change(id, change, ifMatch);
  }

  @Route.delete(':id', {
    summary: 'Delete a phone number mapping',
    description: 'One of which nothing else is known: neither messages nor words about consent.',
    permission: 'contacts.write',
    errors: [new MappingNotFound(), new MappingInUse()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.mappings.remove(id, ifMatch);
  }
}

const NOTHING = { contactId: null, userId: null, primaryChannel: null, metadata: {}, notes: null };
