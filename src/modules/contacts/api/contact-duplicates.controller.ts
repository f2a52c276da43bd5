import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../common/context';
import { IdParam, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { ContactDuplicates } from '../app/contact-duplicates';
import { ContactDuplicateDto } from './contact-duplicate.dto';
import { DuplicateNotFound } from '../domain/privacy-errors';

@ApiTags('Contacts')
@Controller('contacts/duplicates')
export class ContactDuplicatesController {
  constructor(private readonly duplicates: ContactDuplicates) {}

  @Route.get('', {
    summary: 'List contacts who may be one person',
    description:
      'The likeliest pairs first, as the last scan found them: the same email, or a number that ends alike with a similar name.',
    permission: 'contacts.read',
    response: pageOf(ContactDuplicateDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<ContactDuplicateDto>> {
    return this.duplicates.page(limit, cursor);
  }

  @Route.post('scan', {
    summary: 'Look for contacts who may be one person',
    description: 'By a job; it also runs every night.',
    permission: 'contacts.write',
    status: 204,
    idempotent: true,
  })
  scan(): Promise<void> {
    return this.duplicates.scan();
  }

  @Route.post(':id/dismiss', {
    summary: 'Say that two contacts are two people',
    description: 'The pair is not found again.',
    permission: 'contacts.write',
    status: 204,
    idempotent: true,
    errors: [new DuplicateNotFound()],
  })
  dismiss(@IdParam() id: Uuid): Promise<void> {
    return this.duplicates.dismiss(id);
  }
}
