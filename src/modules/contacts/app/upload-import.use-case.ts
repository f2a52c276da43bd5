import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { EncodingDetector, type CsvEncoding } from '../../../common/csv';
import { newId, type OrgScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ContactImportsRepository, type ImportView } from '../db/contact-imports.repository';
import { ImportFilesRepository } from '../db/import-files.repository';
import {
  ImportFileEmpty,
  ImportFileNotText,
  ImportNotFound,
  TooManyImportsWaiting,
} from '../domain/import-errors';
import { PreviewImport, type ImportPreview } from './import-preview.query';
import { inPieces, watched } from './upload-pieces';

const MOST_WAITING = 5;

/** Takes in a file piece by piece, each in a transaction of its own: no more of it than a piece is held in memory. */
@Injectable()
export class UploadImport {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly files: ImportFilesRepository,
    private readonly preview: PreviewImport,
    private readonly trail: AuditTrail,
  ) {}

  /** Throws what is wrong with the file; nothing of it is kept then. */
  async upload(
    scope: OrgScope,
    bytes: Readable,
    { fileName, maxBytes }: { fileName: string | null; maxBytes: number },
  ): Promise<ImportView & { preview: ImportPreview }> {
    const id = newId();
    await this.database.runInOrg(scope, async () => {
      if ((await this.imports.countWaiting()) >= MOST_WAITING) throw new TooManyImportsWaiting(MOST_WAITING);
      await this.imports.create(id, fileName);
    });
    try {
      const encoding = new EncodingDetector();
      const head = await this.files.store(scope, id, watched(inPieces(bytes, maxBytes), encoding));
      if (!head) throw new ImportFileEmpty();
      return await this.database.runInOrg(scope, () => this.finish(id, head, encoding.end()));
    } catch (error) {
      await this.database.runInOrg(scope, () => this.imports.remove(id));
      throw error;
    }
  }

  private async finish(
    id: Uuid,
    head: Buffer,
    encoding: CsvEncoding | undefined,
  ): Promise<ImportView & { preview: ImportPreview }> {
    const { tx } = this.database;
    if (!encoding) throw new ImportFileNotText();
    const preview = await this.preview.ofHead(head, { encoding });
    await this.imports.arrived(id, preview);
    await this.trail.record({
      eventType: 'contacts.import-uploaded',
      operation: 'UPLOAD',
      orgId: tx.orgId,
      actor: tx.scope.actor,
      tableName: 'contact_imports',
      recordId: id,
    });
    const view = await this.imports.find(id);
    if (!view) throw new ImportNotFound();
    return { ...view, preview };
  }
}
