import { Body, Controller, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, Route } from '../../../common/http';
import { LegalHolds } from '../app/legal-holds';
import { PersonalDataExport } from '../app/personal-data-export';
import { RequestErasure } from '../app/request-erasure.use-case';
import { EraseContactDto, ErasureDto, LegalHoldDto, PlaceLegalHoldDto } from './contact-privacy.dto';

@ApiTags('Privacy')
@Controller('contacts')
export class ContactPrivacyController {
  constructor(
    private readonly exports: PersonalDataExport,
    private readonly erasures: RequestErasure,
    private readonly holds: LegalHolds,
  ) {}

  @Route.get(':id/privacy-export', {
    summary: 'Download everything that is held on a person',
    description:
      'A zip with a JSON and a CSV file for each table: the contact, addresses, consent, conversations, messages, deliveries, audit trail. Made while it is sent, and kept nowhere.',
    permission: 'privacy.manage',
    file: 'application/zip',
    errors: [404],
    ownTransactions: true,
  })
  async export(@CurrentScope() scope: OrgScope, @IdParam() id: Uuid): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.open(scope, id), {
      type: 'application/zip',
      disposition: `attachment; filename="contact-${id}.zip"`,
    });
  }

  @Route.post(':id/erase', {
    summary: 'Forget a person',
    description:
      'Removes everything that is held on them, by a job. What stays is the id, that it was erased, and a keyed hash of addresses that had opted out, so that they stay opted out. Uploaded files that wait to be started end with it (`erasure_meanwhile`), since the person may be in them; while an import runs the erasure waits for its end.',
    permission: 'privacy.manage',
    status: 202,
    response: ErasureDto,
    errors: [404, 409, 422],
    idempotent: true,
  })
  erase(@IdParam() id: Uuid, @Body() { reason }: EraseContactDto): Promise<ErasureDto> {
    return this.erasures.execute(id, reason);
  }

  @Route.get(':id/erasure', {
    summary: 'See how far an erasure is',
    permission: 'privacy.manage',
    response: ErasureDto,
    errors: [404],
  })
  erasure(@IdParam() id: Uuid): Promise<ErasureDto> {
    return this.erasures.status(id);
  }

  @Route.post(':id/legal-hold', {
    summary: 'Place a legal hold',
    description: 'Until it is lifted the contact can neither be erased nor be merged into another one.',
    permission: 'privacy.manage',
    response: LegalHoldDto,
    errors: [404, 409, 422],
    idempotent: true,
  })
  hold(@IdParam() id: Uuid, @Body() { reason }: PlaceLegalHoldDto): Promise<LegalHoldDto> {
    return this.holds.place(id, reason);
  }

  @Route.get(':id/legal-hold', {
    summary: 'Read a legal hold',
    permission: 'privacy.manage',
    response: LegalHoldDto,
    errors: [404],
  })
  legalHold(@IdParam() id: Uuid): Promise<LegalHoldDto> {
    return this.holds.read(id);
  }

  @Route.delete(':id/legal-hold', {
    summary: 'Lift a legal hold',
    permission: 'privacy.manage',
    errors: [404],
  })
  lift(@IdParam() id: Uuid): Promise<void> {
    return this.holds.lift(id);
  }
}
