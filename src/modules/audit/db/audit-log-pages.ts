import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** What an entry must match; what is absent matches everything. */
export interface AuditLogFilter {
  /** From this moment on. */
  readonly from?: Date | undefined;
  /** Before this moment. */
  readonly to?: Date | undefined;
  readonly eventType?: string | undefined;
  readonly tableName?: string | undefined;
  readonly recordId?: string | undefined;
  readonly actor?: string | undefined;
}

/** One entry, and `position`: its time with all the digits that PostgreSQL keeps, which a `Date` would cut off. */
export interface AuditLogRow extends Record<string, unknown> {
  id: Uuid;
  event_type: string;
  operation: string;
  table_name: string | null;
  record_id: Uuid | null;
  actor: string;
  actor_type: string;
  query: string | null;
  old_values: Record<string, unknown> | null;
  new_values: Record<string, unknown> | null;
  ip_address: string | null;
  request_id: Uuid;
  created_at: Date;
  position: string;
}

const PAGE = `
  SELECT id, event_type, operation, table_name, record_id, actor, actor_type, query, old_values, new_values,
    host(ip_address) AS ip_address, request_id, created_at,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
  FROM get_org_audit_logs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ORDER BY created_at DESC, id DESC`;

/** The way to `get_org_audit_logs()`: no role of the server's requests reads the table itself. */
@Injectable()
export class AuditLogPages {
  constructor(private readonly database: Database) {}

  /** At most `limit` entries of the organization at hand, newest first, that come after `before` (time, id). */
  read(
    filter: AuditLogFilter,
    before: readonly [string, string] | undefined,
    limit: number,
  ): Promise<AuditLogRow[]> {
    const { tx } = this.database;
    return tx.query<AuditLogRow>(PAGE, [
      tx.orgId,
      filter.from ?? null,
      filter.to ?? null,
      filter.eventType ?? null,
      filter.tableName ?? null,
      filter.recordId ?? null,
      filter.actor ?? null,
      before?.[0] ?? null,
      before?.[1] ?? null,
      limit,
    ]);
  }
}
