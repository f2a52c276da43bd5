import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import {
  exportPage,
  HoldsContactData,
  type ContactDataHolder,
  type Counts,
  type DataSubject,
  type ExportRow,
  type ExportSection,
} from '../../contacts';

/** What bulk sends keep of a contact: that they were looked at, and where their message went. */
@Injectable()
@HoldsContactData({ stair: 2, tables: ['bulk_send_recipients'] })
export class BulkContactData implements ContactDataHolder {
  constructor(private readonly database: Database) {}

  /** Messages are in the timeline already. */
  readonly timeline = [];

  readonly sections: readonly ExportSection[] = [
    {
      name: 'bulk-sends',
      page: async ({ contactId }, position, limit) =>
        exportPage(
          await this.database.tx.query<ExportRow>(
            `SELECT r.id::text AS position, r.id, r.bulk_send_id, b.name, r.address, r.message_id, r.skipped_because, r.created_at
             FROM bulk_send_recipients r JOIN bulk_sends b ON b.org_id = r.org_id AND b.id = r.bulk_send_id
             WHERE r.contact_id = $1 AND ($2::text IS NULL OR r.id > $2::uuid) ORDER BY r.id LIMIT $3`,
            [contactId, position, limit],
          ),
          limit,
        ),
    },
  ];

  /** Threads tell the same ones. */
  async addressesOf(): Promise<string[]> {
    return [];
  }

  /** Of two in one bulk send one stays: who got the message, so that the person does not get it again. */
  async move(from: Uuid, into: Uuid): Promise<Counts> {
    const { tx } = this.database;
    await tx.query(
      `WITH pairs AS MATERIALIZED (
         SELECT f.id AS leaving, t.id AS staying, f.address IS NOT NULL AND t.address IS NULL AS "keepsLeaving"
         FROM bulk_send_recipients f JOIN bulk_send_recipients t ON t.org_id = f.org_id AND t.bulk_send_id = f.bulk_send_id
         WHERE f.contact_id = $1 AND t.contact_id = $2
       ) DELETE FROM bulk_send_recipients r USING pairs
         WHERE r.id = CASE WHEN pairs."keepsLeaving" THEN pairs.staying ELSE pairs.leaving END`,
      [from, into],
    );
    const moved = await tx.execute('UPDATE bulk_send_recipients SET contact_id = $2 WHERE contact_id = $1', [
      from,
      into,
    ]);
    return moved > 0 ? { bulkSends: moved } : {};
  }

  /** There is little of it. */
  eraseAhead(): Promise<void> {
    return Promise.resolve();
  }

  /** What was sent to them is counted by nobody any more. */
  async erase({ contactId }: DataSubject): Promise<void> {
    await this.database.tx.query('DELETE FROM bulk_send_recipients WHERE contact_id = $1', [contactId]);
  }
}
