import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { SIDES, type Side } from '../domain/merge-rules';

/** Whose value stays where both have one: `into`, the contact that stays (the default), or `from`, the one that goes. */
export class MergeChoicesDto {
  /** @example "into" */
  @IsOptional()
  @IsIn(SIDES)
  name?: Side;

  /** The other number still leads to the contact. @example "from" */
  @IsOptional()
  @IsIn(SIDES)
  phone?: Side;

  /** The other id still leads to the contact. @example "into" */
  @IsOptional()
  @IsIn(SIDES)
  whatsappId?: Side;

  /** @example "into" */
  @IsOptional()
  @IsIn(SIDES)
  email?: Side;

  /** @example "into" */
  @IsOptional()
  @IsIn(SIDES)
  timezone?: Side;
}

/** Which contact becomes part of the one in the path. */
export class MergeContactsDto {
  /** The contact that goes. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  @IsUUID()
  from!: string;

  /** Only tell what would happen. @example false */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;

  /** For fields of which there can be one value only. */
  @IsOptional()
  @ValidateNested()
  @Type(() => MergeChoicesDto)
  keep?: MergeChoicesDto;
}

/** Both had a value, and not the same. */
export class MergeConflictDto {
  /** `name`, `phone`, `whatsappId`, `email`, `timezone` or `customFields.<key>`. @example "email" */
  field!: string;
  /** What stays in the field, as text. @example "dana@example.com" */
  kept!: string;
  /** What goes to the notes. @example "dana.weber@example.org" */
  other!: string;
}

/** What a merge came to, or would. */
export class MergeOutcomeDto {
  /** The contact that stays. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  contactId!: string;
  /** The one that goes; its id is answered with 404 `contact_merged` and the id of the other. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  mergedId!: string;
  /** Nothing was changed. @example false */
  dryRun!: boolean;
  /** How many of what moved. @example {"conversations":1,"joinedConversations":1,"messages":12,"mappings":1,"leadStatusChanges":0} */
  moved!: Record<string, number>;
  conflicts!: MergeConflictDto[];
}
