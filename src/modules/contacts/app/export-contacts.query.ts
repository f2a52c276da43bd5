import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { csvLine } from '../../../common/csv';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { ContactExportRepository } from '../db/contact-export.repository';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import type { ContactFilter, ContactView } from '../domain/contact-list';
import { CUSTOM } from '../domain/import-fields';
import { joinItems } from '../domain/item-list';
import { ListContacts, type ContactListQuery } from './list-contacts.query';

/** Contacts of one transaction. */
const BATCH = 500;

type Cell = string | number | null;
const time = (at: Date | null): Cell => at?.toISOString() ?? null;

/** The columns that every organization has; an import knows them by these names. */
const COLUMNS: Readonly<Record<string, (contact: ContactView) => Cell>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  phone: ({ phone }) => phone,
  email: ({ email }) => email,
  whatsappId: ({ whatsappId }) => whatsappId,
  timezone: ({ timezone }) => timezone,
  serviceInterests: ({ serviceInterests }) => joinItems(serviceInterests),
  tags: ({ tags }) => joinItems(tags),
  leadScore: ({ leadScore }) => leadScore,
  leadStatus: ({ leadStatus }) => leadStatus,
  lastContactAt: ({ lastContactAt }) => time(lastContactAt),
  createdAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ updatedAt }) => time(updatedAt),
  notes: ({ notes }) => notes,
};

/** Gives out all contacts that a filter means. Who took what, and how much of it, stands in the trail. */
@Injectable()
export class ExportContacts {
  constructor(
    private readonly database: Database,
    private readonly lists: ListContacts,
    private readonly contacts: ContactExportRepository,
    private readonly fields: ContactFieldsRepository,
    private readonly trail: AuditTrail,
  ) {}

  /** The file as a stream, read from the database as fast as it is taken. */
  async stream(scope: OrgScope, query: ContactListQuery, { bom }: { bom: boolean }): Promise<Readable> {
    const { filter, keys } = await this.database.runInOrg(scope, async () => {
      const { tx } = this.database;
      await this.record(tx.scope as OrgScope, 'contacts.export-started', { filter: told(query) });
      return {
        filter: await this.lists.filterOf(query),
        keys: (await this.fields.all()).map(({ key }) => key),
      };
    });
    return Readable.from(this.lines(scope, query, filter, keys, bom), { objectMode: false });
  }

  private async *lines(
    scope: OrgScope,
    query: ContactListQuery,
    filter: ContactFilter,
    keys: readonly string[],
    bom: boolean,
  ): AsyncGenerator<string> {
    const reading = { ...scope, readOnly: true };
    let rows = 0;
    let complete = false;
    try {
      yield `${bom ? '\uFEFF' : ''}${csvLine([...Object.keys(COLUMNS), ...keys.map((key) => CUSTOM + key)])}`;
      for (let last: Uuid | null = null; ;) {
        const after: Uuid | null = last;
        const batch: ContactView[] = await this.database.runInOrg(reading, () =>
          this.contacts.after(filter, after, BATCH),
        );
        rows += batch.length;
        if (batch.length > 0) yield batch.map((contact) => csvLine(cellsOf(contact, keys))).join('');
        last = batch.at(-1)?.id ?? null;
        if (batch.length < BATCH) break;
      }
      complete = true;
    } finally {
      // Also when whoever asked went away: what was read may have arrived.
      await this.database.runInOrg(scope, () =>
        this.record(scope, 'contacts.export', { filter: told(query), rows, complete }),
      );
    }
  }

  private record(
    scope: OrgScope,
    eventType: 'contacts.export' | 'contacts.export-started',
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.trail.record({
      eventType,
      operation: 'EXPORT',
      orgId: scope.orgId,
      actor: scope.actor,
      tableName: 'contacts',
      new: values,
    });
  }
}

function cellsOf(contact: ContactView, keys: readonly string[]): Cell[] {
  const custom = keys.map((key): Cell => {
    const value = contact.customFields[key];
    return value === undefined ? null : String(value);
  });
  return [...Object.values(COLUMNS).map((cell) => cell(contact)), ...custom];
}

/** The filter as the trail tells it: of what names a person, only that it was there. */
function told({ q, phone, customFields, ...others }: ContactListQuery): Readonly<Record<string, unknown>> {
  return {
    ...others,
    ...(q === undefined ? {} : { q: '[given]' }),
    ...(phone === undefined ? {} : { phone: '[given]' }),
    ...(customFields ? { customFields: customFields.map(([key]) => key) } : {}),
  };
}
