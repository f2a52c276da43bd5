/** A job that failed for the last time and waits for someone to look. */
export class DeadJobDto {
  /** @example "4711" */
  id!: string;
  /** What it was to do. @example "conversations.send-message" */
  task!: string;
  /** How often it was tried. @example 12 */
  attempts!: number;
  /** Class and code of the last error. @example "ProviderUnavailable (provider_unavailable)" */
  lastError!: string | null;
  /** When it was queued. @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** When it was tried last. @example "2026-01-05T11:30:00.000Z" */
  failedAt!: Date;
}
