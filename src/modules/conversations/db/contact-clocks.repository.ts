import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** What is known of what time it is for contacts. */
@Injectable()
export class ContactClocks {
  constructor(private readonly database: Database) {}

  /** The time zones of those of `contactIds` of whom one is kept. One statement for all. */
  async timezonesOf(contactIds: readonly Uuid[]): Promise<Map<Uuid, string>> {
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid; timezone: string }>(
      'SELECT id, timezone FROM contacts WHERE org_id = $1 AND id = ANY ($2::uuid[]) AND timezone IS NOT NULL',
      [tx.orgId, contactIds],
    );
    return new Map(rows.map(({ id, timezone }) => [id, timezone]));
  }
}
