import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';

/** Numbers that people call from. */
@Injectable()
export class CallMappings {
  constructor(private readonly database: Database) {}

  /** Whose number it is, and that they are reached there by voice. Counts no message. */
  async noteCall(caller: {
    readonly phone: string;
    readonly contactId: Uuid;
    readonly countryCode: string | null;
  }): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO phone_number_mappings AS m (org_id, id, phone_number, contact_id, country_code, channels, primary_channel)
       VALUES ($1, $2, $3, $4, $5, '["voice"]', 'voice')
       ON CONFLICT (org_id, phone_number) DO UPDATE SET
         contact_id = EXCLUDED.contact_id,
         country_code = COALESCE(m.country_code, EXCLUDED.country_code),
         channels = CASE WHEN m.channels @> EXCLUDED.channels THEN m.channels ELSE m.channels || EXCLUDED.channels END`,
      [tx.orgId, newId(), caller.phone, caller.contactId, caller.countryCode],
    );
  }
}
