import { Injectable } from '@nestjs/common';
import { requestContext } from '../../../common/context';
import { AuditEvents } from '../db/audit-events';
import type { AuditEvent } from '../domain/audit-event';

/** Writes to the audit trail: in the transaction at hand where there is one, so that it tells only what was committed. */
@Injectable()
export class AuditTrail {
  constructor(private readonly events: AuditEvents) {}

  async record(event: AuditEvent): Promise<void> {
    await this.events.insert(event, requestContext()?.requestId);
  }
}
