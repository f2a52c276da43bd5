import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, Route } from '../../../common/http';
import { ChangeContactField } from '../app/change-contact-field.use-case';
import { CreateContactField } from '../app/create-contact-field.use-case';
import { ReadContactFields } from '../app/read-contact-fields.query';
import { RemoveContactField } from '../app/remove-contact-field.use-case';
import { ChangeContactFieldDto, ContactFieldDto, NewContactFieldDto } from './contact-fields.dto';
import {
  ContactFieldInvalid,
  ContactFieldNotFound,
  FieldKeyTaken,
  TooManyFields,
} from '../domain/custom-field-errors';

const FIELD_INVALID = new ContactFieldInvalid([
  { field: 'options', code: 'required', message: 'a choice has at least one option' },
]);

@ApiTags('Contact fields')
@Controller('contact-fields')
export class ContactFieldsController {
  constructor(
    private readonly fields: ReadContactFields,
    private readonly creation: CreateContactField,
    private readonly changes: ChangeContactField,
    private readonly removal: RemoveContactField,
  ) {}

  @Route.post('', {
    summary: 'Add a field of your own to contacts',
    description: 'At most 50.',
    permission: 'contact_fields.manage',
    response: ContactFieldDto,
    idempotent: true,
    errors: [400, 422, new FieldKeyTaken(), new TooManyFields(50), FIELD_INVALID],
  })
  create(@Body() { options = [], required = false, ...field }: NewContactFieldDto): Promise<ContactFieldDto> {
    return this.creation.execute({ ...field, options, required });
  }

  @Route.get('', {
    summary: 'List your own fields of contacts',
    description: 'All of them, in the order in which they were added.',
    permission: 'contacts.read',
    response: [ContactFieldDto],
  })
  list(): Promise<ContactFieldDto[]> {
    return this.fields.all();
  }

  @Route.get(':id', {
    summary: 'Read a field',
    permission: 'contacts.read',
    response: ContactFieldDto,
    errors: [new ContactFieldNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<ContactFieldDto> {
    return this.fields.one(id);
  }

  @Route.patch(':id', {
    summary: 'Rename a field, change its options, or whether it is required',
    permission: 'contact_fields.manage',
    response: ContactFieldDto,
    errors: [400, 422, new ContactFieldNotFound(), FIELD_INVALID],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeContactFieldDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ContactFieldDto> {
    return this.changes.execute(id, change, ifMatch);
  }

  @Route.delete(':id', {
    summary: 'Delete a field',
    description:
      'And its values in all contacts, within moments: until then nobody can add a field with the same key.',
    permission: 'contact_fields.manage',
    errors: [new ContactFieldNotFound()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.removal.execute(id, ifMatch);
  }
}
