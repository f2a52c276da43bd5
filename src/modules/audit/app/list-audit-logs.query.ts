import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { AuditLogPages, type AuditLogFilter, type AuditLogRow } from '../db/audit-log-pages';

/** One entry of the trail. */
export interface AuditLogView {
  readonly id: Uuid;
  readonly eventType: string;
  readonly operation: string;
  readonly tableName: string | null;
  readonly recordId: Uuid | null;
  readonly actor: string;
  readonly actorType: string;
  readonly query: string | null;
  readonly oldValues: Record<string, unknown> | null;
  readonly newValues: Record<string, unknown> | null;
  readonly ipAddress: string | null;
  readonly requestId: Uuid;
  readonly createdAt: Date;
}

/** The organization's audit trail, newest first. */
@Injectable()
export class ListAuditLogs {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly pages: AuditLogPages,
  ) {}

  async page(wanted: AuditLogFilter, limit: number, cursor: string | undefined): Promise<Page<AuditLogView>> {
    const { orgId } = this.database.tx;
    const { from, to, eventType, tableName, recordId, actor } = wanted;
    const filter = ['audit-logs', from, to, eventType, tableName, recordId, actor];
    const before = cursor === undefined ? undefined : this.cursors.read(orgId, filter, cursor);
    const rows = await this.pages.read(wanted, before, limit + 1);
    const position = (row: AuditLogRow) => [row.position, row.id] as const;
    return this.cursors.page({ orgId, filter, rows, limit, position, item: view });
  }
}

function view(row: AuditLogRow): AuditLogView {
  return {
    id: row.id,
    eventType: row.event_type,
    operation: row.operation,
    tableName: row.table_name,
    recordId: row.record_id,
    actor: row.actor,
    actorType: row.actor_type,
    query: row.query,
    oldValues: row.old_values,
    newValues: row.new_values,
    ipAddress: row.ip_address,
    requestId: row.request_id,
    createdAt: row.created_at,
  };
}
