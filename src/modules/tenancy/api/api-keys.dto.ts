import { ApiProperty } from '@nestjs/swagger';
import { trimmed } from '../../../common/http';
import { Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsDate,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import type { Permission } from '../../../common/auth';
import { OVERLAP_MINUTES } from '../domain/api-key';
import { API_KEY_SCOPES } from '../domain/scopes';

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

  /** When it stops working; without it, never. A key that makes a key ends it with itself at the latest. @example "2027-01-05T10:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  expiresAt?: Date;
}

/** What an API key is called from now on. */
export class RenameApiKeyDto {
  /** What it is for, 1 to 100 characters. @example "Website, new" */
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  name?: string;
}

/** How an API key gets another secret. */
export class RotateApiKeyDto {
  /** How many minutes the present secret goes on working, up to a week. 0 ends it everywhere within a second. @example 60 */
  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: OVERLAP_MINUTES.min,
    maximum: OVERLAP_MINUTES.max,
    default: OVERLAP_MINUTES.usual,
  })
  @IsOptional()
  @IsInt()
  @Min(OVERLAP_MINUTES.min)
  @Max(OVERLAP_MINUTES.max)
  overlapMinutes?: number;
}

/** An API key, as it was made. */
class MadeApiKeyDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b3" */
  id!: string;
  /** Counts its changes; stands in the `ETag`. Use is none. @example 1 */
  version!: number;
  /** What it is for. @example "Website" */
  name!: string;
  /** Its public part, by which it can be told from others. @example "k3v9q0x2m7ab" */
  prefix!: string;
  /** What it may do. @example ["conversations.read", "messages.send"] */
  scopes!: string[];
  /** The user who made it; null when no user did. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  createdBy!: string | null;
  /** The API key that made it; null when no key did. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b4" */
  createdByKey!: string | null;
  /** When it stops working; null: never. @example "2027-01-05T10:00:00.000Z" */
  expiresAt!: Date | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}

/** An API key, without its secret. */
export class ApiKeyDto extends MadeApiKeyDto {
  /** Whether the user who made it is a member at present: a key stays when its maker leaves. @example true */
  createdByMember!: boolean;
  /** Last use, to the minute. @example "2026-01-05T11:30:00.000Z" */
  lastUsedAt!: Date | null;
  /** When it was revoked; null while it works. @example "2026-03-01T09:00:00.000Z" */
  revokedAt!: Date | null;
  /** When it last got another secret; null when it never did. @example "2026-02-01T09:00:00.000Z" */
  rotatedAt!: Date | null;
  /** Until when the secret before this one works; null when it does not. @example "2026-02-01T10:00:00.000Z" */
  previousSecretUntil!: Date | null;
}

/** A key that was just made. */
export class CreatedApiKeyDto extends MadeApiKeyDto {
  /** The whole key, to be sent as `Authorization: Bearer …`. Shown this once. @example "fd_k3v9q0x2m7ab_q0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMw" */
  secret!: string;
}

/** A key that just got another secret. */
export class RotatedApiKeyDto extends ApiKeyDto {
  /** The whole key with its new secret. Shown this once. @example "fd_k3v9q0x2m7ab_Yt0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqMw4" */
  secret!: string;
}
