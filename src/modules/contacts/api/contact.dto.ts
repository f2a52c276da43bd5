import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow } from 'class-validator';
import { LEAD_SCORES, LEAD_STATUSES, type LeadScore, type LeadStatus } from '../domain/lead';

const CUSTOM = {
  type: 'object',
  additionalProperties: {},
  example: { company: 'Weber Ltd', visits: 3 },
} as const;
const GIVEN = { required: false, nullable: true } as const;

/** A customer or a lead, as lists show it. */
export class ContactItemDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** As the person calls themselves, or as the staff wrote it. @example "Dana Weber" */
  name!: string | null;
  /** E.164; null for someone who writes without showing a number. @example "+4915112345678" */
  phone!: string | null;
  /** WhatsApp's own id of a person who shows no number. @example "DE.1349210987654321" */
  whatsappId!: string | null;
  /** Lower case. @example "dana@example.com" */
  email!: string | null;
  /** IANA; null while it is not known: then the number tells when it is night there. @example "Europe/Berlin" */
  timezone!: string | null;
  /** What they asked about. @example ["haircut"] */
  serviceInterests!: string[];
  /** Words of the staff's own. @example ["vip"] */
  tags!: string[];
  /** How interested they are; null while unknown. @example "warm" */
  @ApiProperty({ enum: [...LEAD_SCORES, null], nullable: true })
  leadScore!: LeadScore | null;
  /** How far they have come. @example "new" */
  @ApiProperty({ enum: LEAD_STATUSES })
  leadStatus!: LeadStatus;
  /** Why the status is what it is, as whoever changed it said. @example "Found another salon" */
  leadStatusReason!: string | null;
  /** When they and the business last spoke. @example "2026-01-05T10:00:00.000Z" */
  lastContactAt!: Date | null;
  @ApiProperty({ ...CUSTOM, description: "Values of the organization's own fields, by key." })
  customFields!: Record<string, unknown>;
  /** One more with every change; stands in the `ETag` of the contact. @example 7 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}

/** A customer or a lead. */
export class ContactDto extends ContactItemDto {
  /** What the staff noted. @example "Prefers mornings" */
  notes!: string | null;
}

/**
 * What is written about a contact. The types are those of what is kept; what is given is judged by the rules of contacts,
 * which tell every field that is not right at once. Null takes a value away.
 */
export class ChangeContactDto {
  /** At most 200 characters. @example "Dana Weber" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 200 })
  @Allow()
  name?: unknown;

  /** In international form, or as dialled in the country of the organization. Of one contact only. @example "+49 151 12345678" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 40 })
  @Allow()
  phone?: unknown;

  /** Kept in lower case. @example "dana@example.com" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 254 })
  @Allow()
  email?: unknown;

  /** IANA. Where none is kept, the number tells what time it is for the person, else the organization does. @example "Europe/Berlin" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 64 })
  @Allow()
  timezone?: unknown;

  /** At most 50, of at most 100 characters. @example ["haircut"] */
  @ApiProperty({ ...GIVEN, type: 'array', items: { type: 'string', maxLength: 100 }, maxItems: 50 })
  @Allow()
  serviceInterests?: unknown;

  /** At most 50, of at most 50 characters. @example ["vip"] */
  @ApiProperty({ ...GIVEN, type: 'array', items: { type: 'string', maxLength: 50 }, maxItems: 50 })
  @Allow()
  tags?: unknown;

  /** How interested they are. @example "warm" */
  @ApiProperty({ ...GIVEN, type: 'string', enum: [...LEAD_SCORES, null] })
  @Allow()
  leadScore?: unknown;

  /** How far they have come. @example "contacted" */
  @ApiProperty({ required: false, type: 'string', enum: LEAD_STATUSES })
  @Allow()
  leadStatus?: unknown;

  /** Why the status is what it is, at most 500 characters. A new status without one has none. @example "Found another salon" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 500 })
  @Allow()
  leadStatusReason?: unknown;

  /** At most 10,000 characters. @example "Prefers mornings" */
  @ApiProperty({ ...GIVEN, type: 'string', maxLength: 10_000 })
  @Allow()
  notes?: unknown;

  @ApiProperty({
    ...CUSTOM,
    selfRequired: false,
    description:
      "Values of the organization's own fields, by key; null takes one away, what is left out stays.",
  })
  @Allow()
  // As it came: class-transformer leaves out what every object has, such as `constructor`, and nobody would be told.
  @Transform(({ obj }: { obj: { customFields?: unknown } }) => obj.customFields)
  customFields?: unknown;
}

/** A contact to be added. At least one of name, phone and email is there, and every field that the organization requires. */
export class NewContactDto extends ChangeContactDto {}
