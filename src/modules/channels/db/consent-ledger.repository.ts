import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../domain/channel';
import type { ConsentAction, ConsentChange, ConsentSource, LedgerEntry } from '../domain/consent';

interface EntryRow extends Record<string, unknown> {
  action: ConsentAction;
  source: ConsentSource;
  at: Date;
}

/** The ledger of consent of the organization at hand; only ever added to. */
@Injectable()
export class ConsentLedger {
  constructor(private readonly database: Database) {}

  /** Adds an entry. False when the same message is evidence of the same change already. */
  async append({ phone, channel, action, source, evidence, at }: ConsentChange): Promise<boolean> {
    const { tx } = this.database;
    const added = await tx.execute(
      `INSERT INTO consent_events (org_id, id, phone, channel, action, source, evidence, at)
       SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::jsonb, $8::timestamptz WHERE NOT EXISTS (
         SELECT FROM consent_events WHERE org_id = $1 AND phone = $3 AND channel = $4 AND action = $5 AND source = $6
           AND evidence->>'messageId' = $9::text)`,
      [
        tx.orgId,
        newId(),
        phone,
        channel,
        action,
        source,
        JSON.stringify(evidence),
        at,
        evidence.messageId ?? null,
      ],
    );
    return added === 1;
  }

  /** Everything that was said about one address on one channel. */
  entries(phone: string, channel: Channel): Promise<LedgerEntry[]> {
    const { tx } = this.database;
    return tx.query<EntryRow>(
      'SELECT action, source, at FROM consent_events WHERE org_id = $1 AND phone = $2 AND channel = $3',
      [tx.orgId, phone, channel],
    );
  }
}
