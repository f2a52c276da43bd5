import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import { PARKED_REASONS, PARKED_STATES, type ParkedReason, type ParkedState } from '../domain/shared-routing';

/** Which parked messages to list. */
export class ParkedDeliveriesQueryDto extends PageQueryDto {
  /** Those that are in this state; `waiting` is what there is to decide about. @example "waiting" */
  @ApiPropertyOptional({ enum: PARKED_STATES })
  @IsOptional()
  @IsIn(PARKED_STATES)
  state?: ParkedState;
}

/** Whose a message is. */
export class AssignParkedDeliveryDto {
  /** An organization that uses the number. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  @IsUUID()
  organizationId!: string;
}

/** A message over a shared number of which it is not known whose it is, without who wrote it and what. */
export class ParkedDeliveryDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c3" */
  id!: string;
  /** The number that it came over. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  sharedNumberId!: string;
  /** The last three figures of the sender; null once it is settled. @example "•••042" */
  sender!: string | null;
  /** `asked`: the sender was asked; `waiting`: for you. @example "waiting" */
  @ApiProperty({ enum: PARKED_STATES })
  state!: ParkedState;
  /** Nobody knows the sender, several do, or the sender did not answer which one is meant. @example "unknown_sender" */
  @ApiProperty({ enum: PARKED_REASONS })
  reason!: ParkedReason;
  /** @example "2026-01-05T10:00:00.000Z" */
  receivedAt!: Date;
  /** Whose it was found to be; null while it is parked, and for what was nobody's. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c2" */
  organizationId!: string | null;
  /** Null while it is parked. @example "2026-01-05T10:05:00.000Z" */
  settledAt!: Date | null;
}
