import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import type { ConsentLine } from '../../channels';

/** Messages that are being handed to a provider at this moment. */
@Injectable()
export class HandOversRepository {
  constructor(private readonly database: Database) {}

  /** True while one to these people is, that was begun after `since`: what is older has died. */
  async any(lines: readonly ConsentLine[], since: Date): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ any: boolean }>(
      `SELECT EXISTS (
         SELECT FROM messages m JOIN conversations v ON v.org_id = m.org_id AND v.id = m.conversation_id
           LEFT JOIN channel_connections c ON c.org_id = m.org_id AND c.id = m.connection_id
           JOIN json_to_recordset($2::json) AS l(phone text, channel text, purpose text)
             ON l.phone = v.contact_address AND l.channel = COALESCE(c.channel, l.channel) AND l.purpose = m.consent_purpose
         WHERE m.org_id = $1 AND m.status = 'sending' AND m.provider_message_id IS NULL AND m.attempted_at > $3)
       -- A code goes to another number than the thread's.
       OR EXISTS (
         SELECT FROM json_to_recordset($2::json) AS l(phone text, channel text, purpose text)
           JOIN phone_verifications f ON f.phone = l.phone AND f.channel = l.channel
           JOIN messages m ON m.org_id = f.org_id AND m.id = f.id
         WHERE f.org_id = $1 AND l.purpose = 'transactional' AND m.status = 'sending' AND m.provider_message_id IS NULL
           AND m.attempted_at > $3) AS any`,
      [tx.orgId, JSON.stringify(lines), since],
    );
    return row?.any ?? false;
  }
}
