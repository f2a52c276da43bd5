import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDate, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { PageQueryDto } from '../../../common/http';

/** Which entries of the audit trail are wanted. Filters add up. */
export class AuditLogQueryDto extends PageQueryDto {
  /** Entries from this moment on. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** Entries before this moment. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;

  /** What happened. @example "contacts.update" */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  eventType?: string;

  /** The table whose row changed. @example "contacts" */
  @IsOptional()
  @IsString()
  @Length(1, 63)
  tableName?: string;

  /** Id of the row that changed. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @IsOptional()
  @IsUUID()
  recordId?: string;

  /** Who did it: the id of a user or API key, or `system`. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  actor?: string;
}

/** One entry of the audit trail: who did what, and at whose request. */
export class AuditLogDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d3" */
  id!: string;
  /** What happened: table and command of a changed row, or module and event. @example "contacts.update" */
  eventType!: string;
  /** The command or the deed, in one word. @example "UPDATE" */
  operation!: string;
  /** The table whose row changed. @example "contacts" */
  tableName!: string | null;
  /** Id of the row that changed. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  recordId!: string | null;
  /** The id of the user or API key, or `system`. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  actor!: string;
  /** `user`, `api_key`, `system` or `assistant`; `database` for work done past the program. @example "user" */
  @ApiProperty({ enum: ['user', 'api_key', 'system', 'assistant', 'database'] })
  actorType!: string;
  /** The route, where an event names one. @example "GET /api/v1/audit-logs" */
  query!: string | null;
  /** Before: the changed columns only. A hidden value reads `[hidden]`. @example {"name":"Ana"} */
  oldValues!: Record<string, unknown> | null;
  /** After: the changed columns only. A hidden value reads `[hidden]`. @example {"name":"Ana Silva"} */
  newValues!: Record<string, unknown> | null;
  /** From where, where that is known. @example "203.0.113.7" */
  ipAddress!: string | null;
  /** The request, job or run that caused it. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e4" */
  requestId!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}
