import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../common/auth';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ContactRecords } from '../db/contact-records.repository';
import { TimelineRepository, type TimelineRow } from '../db/timeline.repository';
import type { TimelinePart } from '../domain/contact-data';
import { ContactDataHolders } from './contact-data-holders';
import { GoneContacts } from './gone-contacts';

/** One thing that happened with a contact. */
export type TimelineItem = Pick<TimelineRow, 'at' | 'type' | 'id' | 'detail'>;

export interface TimelineWanted {
  readonly contactId: Uuid;
  /** Everything, when undefined. */
  readonly types: readonly string[] | undefined;
  readonly permissions: ReadonlySet<Permission>;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** What happened with a contact, from all modules, newest first. */
@Injectable()
export class ContactTimeline {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly holders: ContactDataHolders,
    private readonly records: ContactRecords,
    private readonly gone: GoneContacts,
    private readonly timeline: TimelineRepository,
  ) {}

  /** What the caller may not read otherwise is left out. Throws `BadCursor`, `ContactNotFound` and `ContactMerged`. */
  async page({ contactId, types, permissions, limit, cursor }: TimelineWanted): Promise<Page<TimelineItem>> {
    if (!(await this.records.exists(contactId))) throw await this.gone.reason(contactId);
    const parts = this.holders
      .all()
      .flatMap((holder) => holder.timeline)
      .filter(
        (part: TimelinePart) => permissions.has(part.permission) && (types?.includes(part.type) ?? true),
      );
    const { items, nextCursor } = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['timeline', contactId, parts.map(({ type }) => type)],
      limit,
      cursor,
      read: (after, most) => this.timeline.read(parts, contactId, after, most),
      position: (row: TimelineRow) => [row.position, row.id],
    });
    const showing = new Map(parts.map(({ type, show }) => [type, show]));
    const shown = items.map(({ at, type, id, detail }) => {
      return { at, type, id, detail: showing.get(type)?.(detail) ?? detail };
    });
    return { items: shown, nextCursor };
  }
}
