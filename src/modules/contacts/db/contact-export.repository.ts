import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { ContactFilter, ContactView } from '../domain/contact-list';
import { conditionsOf, type Place } from './contact-conditions';
import { VIEW } from './contact-views.repository';

/** All contacts that a filter means, one stretch after the other. */
@Injectable()
export class ContactExportRepository {
  constructor(private readonly database: Database) {}

  /** In the order in which they were made, beginning after that one. */
  after(filter: ContactFilter, id: Uuid | null, limit: number): Promise<ContactView[]> {
    const params: unknown[] = [];
    const place: Place = (value) => `$${params.push(value)}`;
    const conditions = conditionsOf(filter, place);
    if (id) conditions.push(`c.id > ${place(id)}::uuid`);
    const filtered = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    return this.database.tx.query<ContactView>(
      `SELECT ${VIEW} FROM contacts c${filtered} ORDER BY c.id LIMIT ${place(limit)}`,
      params,
    );
  }
}
