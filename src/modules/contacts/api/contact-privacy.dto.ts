import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { ERASURE_REASONS, type ErasureReason } from '../domain/erasure';

/** Why somebody is to be forgotten. */
export class EraseContactDto {
  /** One of the grounds of article 17 (1) of the GDPR; a free text would name the person again. @example "requested" */
  @IsIn(ERASURE_REASONS)
  reason!: ErasureReason;
}

/** How far an erasure is. */
export class ErasureDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d4" */
  id!: string;
  /** The contact that is, or was. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  contactId!: string;
  /** `requested`, `consent_withdrawn`, `objection`, `no_longer_needed`, `unlawful` or `legal_obligation`. @example "requested" */
  @ApiProperty({ enum: ERASURE_REASONS })
  reason!: string;
  /** `running` or `done`. @example "done" */
  @ApiProperty({ enum: ['running', 'done'] })
  status!: string;
  /** When it was asked for. @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** When nothing was left. @example "2026-01-05T10:00:01.000Z" */
  finishedAt!: Date | null;
}

/** Why a contact must be kept. */
export class PlaceLegalHoldDto {
  /** @example "Claim before the district court, file 12 C 345/26" */
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** A legal hold: while it is there the contact can neither be erased nor be merged into another. */
export class LegalHoldDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  contactId!: string;
  /** @example "Claim before the district court, file 12 C 345/26" */
  reason!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}
