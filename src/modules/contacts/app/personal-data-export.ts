import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ContactRecords } from '../db/contact-records.repository';
import type { DataSubject, ExportedFile, ExportPage, ExportSection, FilePage } from '../domain/contact-data';
import { ContactDataHolders } from './contact-data-holders';
import { GoneContacts } from './gone-contacts';
import { zipOfSections, type Section } from './section-archive';

/** Rows in one transaction. */
const PAGE = 500;

/**
 * Everything that is held on a person, as a zip with one JSON and one CSV file for each table, and the files themselves. Read page by page while it is
 * sent, in short transactions: it is kept nowhere, so that there is nothing to expire.
 */
@Injectable()
export class PersonalDataExport {
  constructor(
    private readonly database: Database,
    private readonly holders: ContactDataHolders,
    private readonly records: ContactRecords,
    private readonly gone: GoneContacts,
    private readonly trail: AuditTrail,
  ) {}

  /** Written to the audit trail before the first byte goes out. Throws `ContactNotFound` and `ContactMerged`. */
  async open(scope: OrgScope, contactId: Uuid): Promise<Readable> {
    const subject = await this.database.runInOrg(scope, async () => {
      if (!(await this.records.exists(contactId))) throw await this.gone.reason(contactId);
      await this.trail.record({
        eventType: 'contacts.privacy-export',
        operation: 'EXPORT',
        orgId: scope.orgId,
        actor: scope.actor,
        tableName: 'contacts',
        recordId: contactId,
      });
      return this.holders.subject(contactId);
    });
    const reader: OrgScope = { ...scope, readOnly: true };
    return zipOfSections(this.sections(reader, subject), this.files(reader, subject));
  }

  private sections(scope: OrgScope, subject: DataSubject): Section[] {
    return this.holders
      .all()
      .flatMap(({ sections }) => sections)
      .map((section) => ({ name: section.name, rows: () => this.rows(scope, subject, section) }));
  }

  private async *files(scope: OrgScope, subject: DataSubject): AsyncGenerator<ExportedFile> {
    for (const holder of this.holders.all()) {
      if (!holder.files) continue;
      let after: string | null = null;
      do {
        const from: string | null = after;
        const page: FilePage = await this.database.runInOrg(scope, async () => {
          return (await holder.files?.(subject, from, PAGE)) ?? { files: [], next: null };
        });
        yield* page.files;
        after = page.next;
      } while (after !== null);
    }
  }

  private async *rows(
    scope: OrgScope,
    subject: DataSubject,
    section: ExportSection,
  ): AsyncGenerator<Record<string, unknown>> {
    let after: string | null = null;
    for (;;) {
      const from: string | null = after;
      const page: ExportPage = await this.database.runInOrg(scope, () => section.page(subject, from, PAGE));
      for (const { position: _, ...row } of page.rows) yield row;
      after = page.next;
      if (after === null) return;
    }
  }
}
