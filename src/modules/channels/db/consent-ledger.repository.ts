import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../domain/channel';
import type {
  ConsentAction,
  ConsentChange,
  ConsentPurpose,
  ConsentSource,
  LedgerEntry,
} from '../domain/consent';

/** An entry, and what it is about. */
export interface LedgerRow extends LedgerEntry, Record<string, unknown> {
  readonly phone: string;
  readonly channel: Channel;
  readonly purpose: ConsentPurpose;
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  readonly at: Date;
  /** As `originOf` tells it. */
  readonly origin: string | null;
}

/** The ledger of consent of the organization at hand; only ever added to. */
@Injectable()
export class ConsentLedger {
  constructor(private readonly database: Database) {}

  /** Adds entries, as they are. */
  async append(changes: readonly ConsentChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO consent_events (org_id, id, phone, channel, purpose, action, source, evidence, at)
       SELECT $1, e.id, e.phone, e.channel, e.purpose, e.action, e.source, e.evidence, e.at FROM json_to_recordset($2::json)
         AS e(id uuid, phone text, channel text, purpose text, action text, source text, evidence jsonb, at timestamptz)`,
      [tx.orgId, JSON.stringify(changes.map((change) => ({ ...change, id: newId() })))],
    );
  }

  /** Everything that was said about these addresses on these channels. */
  entries(phones: readonly string[], channels: readonly Channel[]): Promise<LedgerRow[]> {
    const { tx } = this.database;
    return tx.query<LedgerRow>(
      `SELECT phone, channel, purpose, action, source, at,
         COALESCE(evidence->>'messageId', (evidence->>'importId') || ':' || (evidence->>'line')) AS origin
       FROM consent_events WHERE org_id = $1 AND phone = ANY ($2::text[]) AND channel = ANY ($3::text[])`,
      [tx.orgId, phones, channels],
    );
  }
}
