import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, IfMatch, pageOf, Route, type Page } from '../../../common/http';
import { ChangeContact } from '../app/change-contact.use-case';
import { CreateContact } from '../app/create-contact.use-case';
import { ListContacts } from '../app/list-contacts.query';
import { ReadContact } from '../app/read-contact.query';
import { listQueryOf } from './contact-filter';
import { ChangeContactDto, ContactDto, ContactItemDto, NewContactDto } from './contact.dto';
import { SimilarNotSorted } from '../domain/list-errors';
import { ContactFilterDto } from './contacts-query.dto';
import { EXAMPLE_ERRORS } from './example-errors';
import { LeadMoveRefused, PhoneTaken } from '../domain/errors';

@ApiTags('Contacts')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly contacts: ReadContact,
    private readonly lists: ListContacts,
    private readonly creation: CreateContact,
    private readonly changes: ChangeContact,
  ) {}

  @Route.post('', {
    summary: 'Add a contact',
    description:
      'Every field that is not right is told at once. A phone that another contact of the organization has is a 409. Somebody who writes becomes a contact without this.',
    permission: 'contacts.write',
    response: ContactDto,
    idempotent: true,
    errors: [400, 422, EXAMPLE_ERRORS.contactInvalid, new PhoneTaken()],
  })
  create(@Body() contact: NewContactDto): Promise<ContactDto> {
    return this.creation.execute(contact);
  }

  @Route.get('', {
    summary: 'List and search contacts',
    description:
      'Filters combine. Without notes, which a contact by itself shows. A cursor belongs to its filters and sorting.',
    permission: 'contacts.read',
    response: pageOf(ContactItemDto),
    errors: [400, 422, new SimilarNotSorted()],
  })
  list(@Query() query: ContactFilterDto): Promise<Page<ContactItemDto>> {
    return this.lists.page(listQueryOf(query), query.limit, query.cursor);
  }

  @Route.get(':id', {
    summary: 'Read a contact',
    permission: 'contacts.read',
    response: ContactDto,
    errors: [404, ...EXAMPLE_ERRORS.gone],
  })
  read(@IdParam() id: Uuid): Promise<ContactDto> {
    return this.contacts.byId(id);
  }

  @Route.patch(':id', {
    summary: 'Change a contact',
    description:
      'What is left out stays, null takes away. The lead status goes forward from `new` to `converted` over any number of steps, to `lost` from anywhere, and from either end back to an open status, which reopens the lead; other moves are a 409.',
    permission: 'contacts.write',
    response: ContactDto,
    errors: [
      400,
      422,
      ...EXAMPLE_ERRORS.gone,
      EXAMPLE_ERRORS.contactInvalid,
      new PhoneTaken(),
      new LeadMoveRefused('qualified', 'new'),
    ],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeContactDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ContactDto> {
    return this.changes.execute(id, change, ifMatch);
  }
}
