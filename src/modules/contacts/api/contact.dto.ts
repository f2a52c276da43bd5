/** A customer or a lead. */
export class ContactDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** As the person calls themselves, or as the staff wrote it. @example "Dana Weber" */
  name!: string | null;
  /** E.164; null for someone who writes without showing a number. @example "+4915112345678" */
  phone!: string | null;
  /** WhatsApp's own id of a person who shows no number. @example "DE.1349210987654321" */
  whatsappId!: string | null;
  /** @example "dana@example.com" */
  email!: string | null;
  /** What they asked about. @example ["haircut"] */
  serviceInterests!: string[];
  /** `hot`, `warm` or `cold`; null while unknown. @example "warm" */
  leadScore!: string | null;
  /** `new`, `contacted`, `qualified`, `booked`, `converted` or `lost`. @example "new" */
  leadStatus!: string;
  /** When they were last heard from. @example "2026-01-05T10:00:00.000Z" */
  lastContactAt!: Date | null;
  /** What the staff noted. @example "Prefers mornings" */
  notes!: string | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T10:00:00.000Z" */
  updatedAt!: Date;
}
