import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsDate,
  IsIn,
  IsOptional,
  IsString,
  Length,
} from 'class-validator';
import type { Permission } from '../../../common/auth';
import { API_KEY_SCOPES } from '../domain/scopes';

const trimmed = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.trim() : value;

/** What a new key is for. */
export class CreateApiKeyDto {
  /** What it is for, 1 to 100 characters. @example "Website" */
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  name!: string;

  /** What it may do: permissions that the caller has. */
  @ApiProperty({ enum: API_KEY_SCOPES, isArray: true, example: ['conversations.read', 'messages.send'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(API_KEY_SCOPES, { each: true })
  scopes!: Permission[];

  /** When it stops working; without it, never. @example "2027-01-05T10:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  expiresAt?: Date;
}

/** An API key, without its secret. */
export class ApiKeyDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b3" */
  id!: string;
  /** What it is for. @example "Website" */
  name!: string;
  /** Its public part, by which it can be told from others. @example "k3v9q0x2m7ab" */
  prefix!: string;
  /** What it may do. @example ["conversations.read", "messages.send"] */
  scopes!: string[];
  /** The user who made it; null when no user did. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  createdBy!: string | null;
  /** Last use, to the minute. @example "2026-01-05T11:30:00.000Z" */
  lastUsedAt!: Date | null;
  /** When it stops working. @example "2027-01-05T10:00:00.000Z" */
  expiresAt!: Date | null;
  /** When it was revoked; null while it works. @example "2026-02-01T09:00:00.000Z" */
  revokedAt!: Date | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}

/** A key that was just made. */
export class CreatedApiKeyDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b3" */
  id!: string;
  /** What it is for. @example "Website" */
  name!: string;
  /** Its public part. @example "k3v9q0x2m7ab" */
  prefix!: string;
  /** What it may do. @example ["conversations.read", "messages.send"] */
  scopes!: string[];
  /** The user who made it; null when a key did. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  createdBy!: string | null;
  /** When it stops working. @example "2027-01-05T10:00:00.000Z" */
  expiresAt!: Date | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** The whole key, to be sent as `Authorization: Bearer …`. Shown this once. @example "fd_k3v9q0x2m7ab_q0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMw" */
  secret!: string;
}
