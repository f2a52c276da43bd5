import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { csvLine } from '../../../common/csv';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ContactImportsRepository, type ImportView } from '../db/contact-imports.repository';
import { ImportFilesRepository } from '../db/import-files.repository';
import { ImportNotFound } from '../domain/import-errors';

const ERRORS = 1_000;

/** Imports, their progress and what was wrong with their rows. */
@Injectable()
export class ReadImports {
  constructor(
    private readonly database: Database,
    private readonly imports: ContactImportsRepository,
    private readonly files: ImportFilesRepository,
    private readonly cursors: Cursors,
  ) {}

  /** Newest first. */
  list({ limit, cursor }: { limit: number; cursor?: string }): Promise<Page<ImportView>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: 'contact-imports',
      limit,
      cursor,
      read: (after, most) => this.imports.list(after, most),
      position: ({ id }) => ['', id],
    });
  }

  /** Throws {@link ImportNotFound}. */
  async byId(id: Uuid): Promise<ImportView> {
    const found = await this.imports.find(id);
    if (!found) throw new ImportNotFound();
    return found;
  }

  /** The errors as CSV, page by page as they are taken. Throws {@link ImportNotFound} before the first. */
  async errors(scope: OrgScope, id: Uuid): Promise<Readable> {
    const readOnly = { ...scope, readOnly: true };
    await this.database.runInOrg(readOnly, () => this.byId(id));
    return Readable.from(this.errorLines(readOnly, id), { objectMode: false });
  }

  private async *errorLines(scope: OrgScope, id: Uuid): AsyncGenerator<string> {
    yield csvLine(['line', 'column', 'code', 'reason']);
    let after = { line: 0, position: 0 };
    for (;;) {
      const rows = await this.database.runInOrg(scope, () => this.files.errors(id, after, ERRORS));
      if (rows.length > 0)
        yield rows.map(({ line, column, code, reason }) => csvLine([line, column, code, reason])).join('');
      const last = rows.at(-1);
      if (!last || rows.length < ERRORS) return;
      after = last;
    }
  }
}
