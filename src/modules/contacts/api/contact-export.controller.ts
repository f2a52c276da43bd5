import { Controller, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope } from '../../../common/context';
import { CurrentScope, Route } from '../../../common/http';
import { ExportContacts } from '../app/export-contacts.query';
import { ExportContactsDto } from './contact-export.dto';
import { listQueryOf } from './contact-filter';

@ApiTags('Contacts')
@Controller('contacts/export')
export class ContactExportController {
  constructor(private readonly contacts: ExportContacts) {}

  @Route.get('', {
    summary: 'Download contacts',
    description:
      'CSV in UTF-8, with the filters of the list; not `similar`, which names the nearest few and never all. Cells that a spreadsheet would run begin with a quote; an import takes it away again. Each download is written to the audit trail.',
    permission: 'contacts.export',
    file: 'text/csv',
    errors: [422],
    ownTransactions: true,
  })
  async export(
    @CurrentScope() scope: OrgScope,
    @Query() { bom, ...filter }: ExportContactsDto,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.contacts.stream(scope, listQueryOf(filter), { bom }), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="contacts.csv"',
    });
  }
}
