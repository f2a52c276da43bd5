export { AuditModule } from './audit.module';
export { AuditTrail } from './app/audit-trail';
export type { AuditEvent } from './domain/audit-event';
