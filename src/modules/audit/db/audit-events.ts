import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { AuditEvent } from '../domain/audit-event';

const LOG = `SELECT log_audit_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/** The way to `log_audit_event()`. */
@Injectable()
export class AuditEvents {
  constructor(private readonly database: Database) {}

  async insert(event: AuditEvent, requestId: Uuid | undefined): Promise<void> {
    const parameters = [
      event.eventType,
      event.operation,
      event.tableName ?? null,
      event.actor.id ?? event.actor.type,
      event.orgId,
      event.query ?? null,
      json(event.old),
      json(event.new),
      event.recordId ?? null,
      event.actor.type,
      event.ipAddress ?? null,
      requestId ?? null,
    ];
    if (this.database.inTransaction) await this.database.tx.query(LOG, parameters);
    else await this.database.platform(LOG, parameters);
  }
}

function json(values: Readonly<Record<string, unknown>> | undefined): string | null {
  return values ? JSON.stringify(values) : null;
}
