import { Injectable } from '@nestjs/common';
import { DenialRecorder, type Permission, type Principal } from '../../../common/auth';
import { AuditTrail } from '../../audit';

/** Writes to the audit trail that someone known tried what they may not. */
@Injectable()
export class AuditedDenials extends DenialRecorder {
  constructor(private readonly audit: AuditTrail) {
    super();
  }

  async record({ orgId, actor }: Principal, permission: Permission, route: string): Promise<void> {
    await this.audit.record({
      eventType: 'tenancy.permission-denied',
      operation: 'DENY',
      orgId,
      actor,
      query: route,
      new: { permission },
    });
  }
}
