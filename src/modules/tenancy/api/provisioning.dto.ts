import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { Omittable } from './omittable';

/** What someone can become who was not invited. */
const ROLES = ['admin', 'agent', 'viewer'] as const;
type ProvisionedRole = (typeof ROLES)[number];

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i;

/** Who comes into the organization uninvited. */
export class ProvisioningDto {
  /** What they become; null: nobody comes in uninvited. @example "agent" */
  @ApiProperty({ enum: ROLES, nullable: true, example: 'agent' })
  role!: ProvisionedRole | null;
  /** Only those with a verified address in one of these domains; none: whoever the provider vouches for. @example ["clinic.example"] */
  @ApiProperty({ type: [String], example: ['clinic.example'] })
  emailDomains!: readonly string[];
  /** The version of the organization's settings; it stands in the answer's `ETag`. @example 3 */
  version!: number;
}

/** What is to be changed; the rest stays. */
export class ChangeProvisioningDto {
  /** What they become; null: nobody comes in uninvited. @example "agent" */
  @ApiProperty({ enum: ROLES, nullable: true, required: false, example: 'agent' })
  @IsOptional()
  @IsIn(ROLES)
  role?: ProvisionedRole | null;

  /** Domains of email addresses, at most 50. @example ["clinic.example"] */
  @ApiProperty({ type: [String], required: false, maxItems: 50, example: ['clinic.example'] })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(DOMAIN, { each: true })
  emailDomains?: string[];
}
