/** Whether the process lives. */
export class LivenessDto {
  /** @example "live" */
  status!: 'live';
}

/** Whether the process can serve, and why not. */
export class ReadinessDto {
  /** @example true */
  ready!: boolean;
  /** @example "up" */
  database!: 'up' | 'down';
  /** `pending`: the database lacks a migration that this program needs. @example "current" */
  migrations!: 'current' | 'pending' | 'unknown';
  /** How long the longest-waiting due job has been waiting; null while the database is down. @example 0 */
  jobLagSeconds!: number | null;
}
