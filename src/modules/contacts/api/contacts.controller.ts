import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, Route } from '../../../common/http';
import { ReadContact } from '../app/read-contact.query';
import { ContactDto } from './contact.dto';

@ApiTags('Contacts')
@Controller('contacts')
export class ContactsController {
  constructor(private readonly contacts: ReadContact) {}

  @Route.get(':id', {
    summary: 'Read a contact',
    permission: 'contacts.read',
    response: ContactDto,
    errors: [404],
  })
  read(@IdParam() id: Uuid): Promise<ContactDto> {
    return this.contacts.byId(id);
  }
}
