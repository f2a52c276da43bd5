import { Module } from '@nestjs/common';
import { AuditLogsController } from './api/audit-logs.controller';
import { AuditTrail } from './app/audit-trail';
import { ListAuditLogs } from './app/list-audit-logs.query';
import { MaintainAuditPartitions } from './app/maintain-audit-partitions';
import { AuditEvents } from './db/audit-events';
import { AuditLogPages } from './db/audit-log-pages';
import { AuditPartitions } from './db/audit-partitions';

/** The append-only record of who did what. */
@Module({
  controllers: [AuditLogsController],
  providers: [
    AuditTrail,
    ListAuditLogs,
    MaintainAuditPartitions,
    AuditEvents,
    AuditLogPages,
    AuditPartitions,
  ],
  exports: [AuditTrail],
})
export class AuditModule {}
