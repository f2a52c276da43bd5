import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { asUuid, type Uuid } from '../../../common/context';
import { IdParam, Route } from '../../../common/http';
import { MergeContacts, type MergeOutcome } from '../app/merge-contacts.use-case';
import { MergeContactsDto, MergeOutcomeDto } from './contact-merge.dto';

@ApiTags('Contacts')
@Controller('contacts')
export class ContactMergeController {
  constructor(private readonly merges: MergeContacts) {}

  @Route.post(':id/merge', {
    summary: 'Merge another contact into this one',
    description:
      'Conversations, messages, addresses, consent and history move along; two threads on one connection become one. With `dryRun` nothing changes, and the answer tells what would.',
    permission: 'contacts.write',
    status: 200,
    response: MergeOutcomeDto,
    errors: [404, 409, 422],
    idempotent: true,
  })
  merge(@IdParam() id: Uuid, @Body() { from, dryRun, keep }: MergeContactsDto): Promise<MergeOutcome> {
    return this.merges.execute({ into: id, from: asUuid(from), keep: keep ?? {}, dryRun: dryRun ?? false });
  }
}
