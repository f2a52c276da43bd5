import { Injectable } from '@nestjs/common';
import { DenialRecorder, type Permission, type Principal } from '../../../common/auth';
import { Metrics } from '../../../common/metrics';
import { Allowances } from '../../../common/time/allowance';
import { AuditTrail } from '../../audit';

/** Entries for one caller, and for all together. */
const CALLER = { size: 60, perMinute: 20 };
const TOGETHER = { size: 600, perMinute: 300 };
const EVENT = 'tenancy.permission-denied';

/** Writes to the audit trail that someone known tried what they may not; what comes too often is counted alone. */
@Injectable()
export class AuditedDenials extends DenialRecorder {
  private readonly allowances = new Allowances(CALLER, TOGETHER);

  constructor(
    private readonly audit: AuditTrail,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  async record({ orgId, actor }: Principal, permission: Permission, route: string): Promise<void> {
    if (!this.allowances.take(`${orgId}|${actor.type}|${actor.id}`)) {
      this.metrics.auditEventsLeftOut.inc({ event: EVENT });
      return;
    }
    await this.audit.record({
      eventType: EVENT,
      operation: 'DENY',
      orgId,
      actor,
      query: route,
      new: { permission },
    });
  }
}
