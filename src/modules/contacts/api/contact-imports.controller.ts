import type { Readable } from 'node:stream';
import { Body, Controller, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Config } from '../../../common/config';
import type { OrgScope, Uuid } from '../../../common/context';
import {
  CurrentScope,
  IdParam,
  pageOf,
  PageQueryDto,
  Route,
  TakesUpload,
  UploadedStream,
  type Page,
} from '../../../common/http';
import { CancelImport } from '../app/cancel-import.use-case';
import { PreviewImport } from '../app/import-preview.query';
import { ReadImports } from '../app/read-imports.query';
import { StartImport } from '../app/start-import.use-case';
import { UploadImport } from '../app/upload-import.use-case';
import {
  ContactImportDto,
  ImportPreviewDto,
  ReadingDto,
  StartImportDto,
  UploadedImportDto,
  UploadImportQueryDto,
} from './contact-imports.dto';
import {
  BadImportMapping,
  ImportFileEmpty,
  ImportFileGone,
  ImportFileNotText,
  ImportNotCancellable,
  ImportNotFound,
  ImportNotStartable,
  ImportRunning,
  ImportUploadBroken,
  TooManyImportsWaiting,
} from '../domain/import-errors';

@ApiTags('Contact imports')
@Controller('contacts/imports')
export class ContactImportsController {
  constructor(
    private readonly config: Config,
    private readonly uploading: UploadImport,
    private readonly previewing: PreviewImport,
    private readonly starting: StartImport,
    private readonly cancelling: CancelImport,
    private readonly imports: ReadImports,
  ) {}

  @Route.post('', {
    summary: 'Upload a file of contacts',
    description:
      'Takes the file as it is, in the body. Nothing is imported yet: the answer shows how it begins and proposes what its columns are.',
    permission: 'contacts.import',
    response: UploadedImportDto,
    errors: [
      422,
      new ImportUploadBroken(),
      new ImportFileEmpty(),
      new ImportFileNotText(),
      new TooManyImportsWaiting(20),
    ],
    ownTransactions: true,
  })
  @TakesUpload()
  upload(
    @CurrentScope() scope: OrgScope,
    @UploadedStream() file: Readable,
    @Query() { fileName }: UploadImportQueryDto,
  ): Promise<UploadedImportDto> {
    return this.uploading.upload(scope, file, { fileName: fileName ?? null, ...this.config.contactImports });
  }

  @Route.get('', {
    summary: 'List imports of contacts',
    description: 'Newest first.',
    permission: 'contacts.import',
    response: pageOf(ContactImportDto),
    errors: [400, 422],
  })
  list(@Query() query: PageQueryDto): Promise<Page<ContactImportDto>> {
    return this.imports.list(query);
  }

  @Route.get(':id', {
    summary: 'Read an import and its progress',
    permission: 'contacts.import',
    response: ContactImportDto,
    errors: [new ImportNotFound()],
  })
  read(@IdParam() id: Uuid): Promise<ContactImportDto> {
    return this.imports.byId(id);
  }

  @Route.get(':id/preview', {
    summary: 'See how the file begins',
    description: 'Read as it is told, or as it was found out. There as long as the file is.',
    permission: 'contacts.import',
    response: ImportPreviewDto,
    errors: [422, new ImportNotFound(), new ImportFileGone(), new ImportFileEmpty()],
  })
  preview(@IdParam() id: Uuid, @Query() reading: ReadingDto): Promise<ImportPreviewDto> {
    return this.previewing.of(id, reading);
  }

  @Route.post(':id/start', {
    summary: 'Start an import, or a dry run of it',
    description:
      'One import of an organization runs at a time. A row finds its contact by phone, then by email where exactly one contact has it. Empty cells change nothing.',
    permission: 'contacts.import',
    response: ContactImportDto,
    status: 202,
    errors: [
      422,
      new ImportNotFound(),
      new ImportNotStartable(),
      new ImportRunning(),
      new BadImportMapping('mapping', 'no_identity', 'one column must be the phone or the email'),
    ],
    idempotent: true,
  })
  start(@IdParam() id: Uuid, @Body() order: StartImportDto): Promise<ContactImportDto> {
    return this.starting.start(id, order);
  }

  @Route.post(':id/cancel', {
    summary: 'Cancel an import',
    description: 'What it wrote so far stays. The file is removed.',
    permission: 'contacts.import',
    response: ContactImportDto,
    status: 200,
    errors: [new ImportNotFound(), new ImportNotCancellable()],
    idempotent: true,
  })
  cancel(@IdParam() id: Uuid): Promise<ContactImportDto> {
    return this.cancelling.cancel(id);
  }

  @Route.get(':id/errors', {
    summary: 'Download what was wrong with which rows',
    description: 'CSV: line, column, code, reason. No value of a row stands in it.',
    permission: 'contacts.import',
    file: 'text/csv',
    errors: [new ImportNotFound()],
    ownTransactions: true,
  })
  async errors(@CurrentScope() scope: OrgScope, @IdParam() id: Uuid): Promise<StreamableFile> {
    return new StreamableFile(await this.imports.errors(scope, id), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="import-errors-${id}.csv"`,
    });
  }
}
