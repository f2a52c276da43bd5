import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { asUuid, type Uuid } from '../../../common/context';
import { IdParam, Route } from '../../../common/http';
import type { MergeOutcome } from '../app/merge';
import { MergeContacts } from '../app/merge-contacts.use-case';
import { MergeContactsDto, MergeOutcomeDto } from './contact-merge.dto';
import { EXAMPLE_ERRORS } from './example-errors';
import {
  ErasureRunning,
  MergeSourceNotFound,
  MergeTooLarge,
  MergeWithItself,
  UnderLegalHold,
} from '../domain/privacy-errors';

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
    errors: [
      422,
      ...EXAMPLE_ERRORS.gone,
      new MergeSourceNotFound(),
      new MergeWithItself(),
      new MergeTooLarge('tags', 50),
      new UnderLegalHold(),
      new ErasureRunning(),
    ],
    idempotent: true,
  })
  merge(@IdParam() id: Uuid, @Body() { from, dryRun, keep }: MergeContactsDto): Promise<MergeOutcome> {
    return this.merges.execute({ into: id, from: asUuid(from), keep: keep ?? {}, dryRun: dryRun ?? false });
  }
}
