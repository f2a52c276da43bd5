import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';

/** Where contacts are called. */
@Injectable()
export class ContactPhones {
  constructor(private readonly database: Database) {}

  /** E.164; undefined of somebody without a number. */
  async of(contactId: Uuid): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ phone: string | null }>(
      'SELECT phone FROM contacts WHERE org_id = $1 AND id = $2',
      [tx.orgId, contactId],
    );
    return row?.phone ?? undefined;
  }
}
