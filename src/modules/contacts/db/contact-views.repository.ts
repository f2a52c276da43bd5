import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { ContactFilter, ContactItem, ContactView } from '../domain/contact-list';
import { conditionsOf, type Place } from './contact-conditions';
import type { Stretch } from './contact-order';

/** Where a page ended within a stretch. */
export interface After {
  readonly key: string;
  readonly id: string;
}

/** A contact, and in which of the stretches that were asked for it is. */
interface Placed {
  readonly item: ContactItem;
  readonly stretch: number;
}

const ITEM = `c.id, c.name, c.phone, c.whatsapp_id AS "whatsappId", c.email, c.timezone, c.service_interests AS "serviceInterests", c.tags,
  c.lead_score AS "leadScore", c.lead_status AS "leadStatus", c.lead_status_reason AS "leadStatusReason",
  c.last_contact_at AS "lastContactAt", c.custom_fields AS "customFields", c.version, c.created_at AS "createdAt",
  c.updated_at AS "updatedAt"`;

/** A contact as the statement that wrote it returns it. */
export const VIEW = `${ITEM}, c.notes`;

/** The statement of a stretch; `besides` is selected as well. */
function statement(
  filter: ContactFilter,
  { where, order, direction, key }: Stretch,
  after: After | null,
  limit: string,
  place: Place,
  besides = '',
): string {
  const conditions = conditionsOf(filter, place);
  const within = where?.(place);
  if (within) conditions.push(within);
  const beyond = direction === 'DESC' ? '<' : '>';
  if (after && key)
    conditions.push(
      `(${key.column}, c.id) ${beyond} (${key.value(place(after.key))}, ${place(after.id)}::uuid)`,
    );
  else if (after) conditions.push(`c.id ${beyond} ${place(after.id)}::uuid`);
  const filtered = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const ordered = [...order, 'c.id'].map((column) => `${column} ${direction}`).join(', ');
  return `SELECT ${ITEM}${besides} FROM contacts c${filtered} ORDER BY ${ordered} LIMIT ${limit}`;
}

/** Parameters of a statement that is being written. */
function parameters(): { params: unknown[]; place: Place } {
  const params: unknown[] = [];
  return { params, place: (value) => `$${params.push(value)}` };
}

/** How contacts are read. Columns bear the names of the answer, so that a row is what is shown. */
@Injectable()
export class ContactViewsRepository {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<ContactView | undefined> {
    const { tx } = this.database;
    return tx.one<ContactView>(`SELECT ${VIEW} FROM contacts c WHERE c.id = $1`, [id]);
  }

  /**
   * Contacts of an ordered list, which is mostly longer than a page: a stretch is read when the one before has ended. Who went
   * on to a later one in between is left out there, having been read.
   */
  async sorted(
    filter: ContactFilter,
    stretches: readonly Stretch[],
    after: After | null,
    limit: number,
  ): Promise<Placed[]> {
    const placed: Placed[] = [];
    for (const [at, stretch] of stretches.entries()) {
      if (placed.length === limit) break;
      const { params, place } = parameters();
      const ids = placed.map(({ item }) => item.id);
      const unread: Stretch = {
        ...stretch,
        where: (here) =>
          [stretch.where?.(here), ids.length > 0 && `c.id <> ALL (${here(ids)}::uuid[])`]
            .filter(Boolean)
            .join(' AND '),
      };
      const sql = statement(filter, unread, at === 0 ? after : null, place(limit - placed.length), place);
      const items = await this.database.tx.query<ContactItem>(sql, params);
      placed.push(...items.map((item) => ({ item, stretch: at })));
    }
    return placed;
  }

  /** What a search finds, which is mostly less than a page: by one statement. The stretches are all in the order of a text. */
  async found(
    filter: ContactFilter,
    stretches: readonly Stretch[],
    after: After | null,
    limit: number,
  ): Promise<Placed[]> {
    if (stretches.length === 1) return this.sorted(filter, stretches, after, limit);
    const { params, place } = parameters();
    const most = place(limit);
    const each = stretches.map((stretch, at) => {
      const besides = `, ${stretch.order.join()} AS key, ${at} AS stretch`;
      return `(${statement(filter, stretch, at === 0 ? after : null, most, place, besides)})`;
    });
    const rows = await this.database.tx.query<ContactItem & { key: string; stretch: number }>(
      `${each.join(' UNION ALL ')} ORDER BY stretch, key, id LIMIT ${most}`,
      params,
    );
    return rows.map(({ key: _key, stretch, ...item }) => ({ item, stretch }));
  }

  /**
   * Contacts that resemble a text, the most similar first; of the `most` nearest ones those that the filter lets through.
   * `after.key` is a distance.
   */
  similar(
    { text, most }: { text: string; most: number },
    filter: ContactFilter,
    after: After | null,
    limit: number,
  ): Promise<(ContactItem & { distance: number })[]> {
    const { params, place } = parameters();
    const near = `find_similar_contacts(${place(text)}, ${place(most)})`;
    const conditions = conditionsOf(filter, place);
    if (after) conditions.push(`(s.distance, c.id) > (${place(after.key)}::real, ${place(after.id)}::uuid)`);
    const filtered = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
    return this.database.tx.query<ContactItem & { distance: number }>(
      `SELECT ${ITEM}, s.distance FROM ${near} s JOIN contacts c ON c.id = s.contact_id${filtered}
       ORDER BY s.distance, c.id LIMIT ${place(limit)}`,
      params,
    );
  }
}
