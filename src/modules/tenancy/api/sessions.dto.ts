/** Where the caller is signed in. */
export class SessionDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b6" */
  id!: string;
  /** True for the one that asks. @example true */
  isCurrent!: boolean;
  /** The program that signed in, as it called itself. @example "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" */
  userAgent!: string | null;
  /** From where. @example "203.0.113.7" */
  ipAddress!: string | null;
  /** When it began. @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** When it was last prolonged. @example "2026-01-05T11:30:00.000Z" */
  lastUsedAt!: Date;
  /** When it ends unless it is used. @example "2026-02-04T11:30:00.000Z" */
  expiresAt!: Date;
}
