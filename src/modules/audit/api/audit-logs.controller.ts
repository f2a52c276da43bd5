import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { pageOf, Route, type Page } from '../../../common/http';
import { ListAuditLogs } from '../app/list-audit-logs.query';
import { AuditLogDto, AuditLogQueryDto } from './audit-log.dto';

@ApiTags('Audit')
@Controller('audit-logs')
export class AuditLogsController {
  constructor(private readonly logs: ListAuditLogs) {}

  @Route.get('', {
    summary: 'List the audit trail',
    description:
      'Who did what in this organization, newest first. Secrets and what was said are never in it.',
    permission: 'audit.read',
    response: pageOf(AuditLogDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, ...filter }: AuditLogQueryDto): Promise<Page<AuditLogDto>> {
    return this.logs.page(filter, limit, cursor);
  }
}
