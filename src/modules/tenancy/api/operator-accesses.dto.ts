/** The operator of the installation opened this organization's data. */
export class OperatorAccessDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  id!: string;
  /** The operator's user, under which the audit trail tells what they looked at. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  operatorId!: string;
  /** As it was stated. @example "Support case 4711: messages do not arrive." */
  reason!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** When it ends by itself. @example "2026-01-05T10:30:00.000Z" */
  expiresAt!: Date;
  /** When someone ended it; null when nobody did. @example "2026-01-05T10:12:00.000Z" */
  endedAt!: Date | null;
  /** The user or API key that ended it. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  endedBy!: string | null;
}
