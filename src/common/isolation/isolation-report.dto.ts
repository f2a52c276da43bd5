/** One thing that is wrong with the database, and what mends it. */
export class IsolationFindingDto {
  /** The check that found it. @example "rights" */
  check!: string;
  /** Role, table, policy or function. @example "users" */
  object!: string;
  /** @example "frontdesk_app may SELECT" */
  problem!: string;
  /** SQL for the administrator where it ends with a semicolon, else a sentence. @example "REVOKE SELECT ON TABLE users FROM frontdesk_app;" */
  remedy!: string;
}

/** What an examination of the database came to. */
export class IsolationReportDto {
  /** @example "2026-01-05T10:00:00.000Z" */
  checkedAt!: Date;
  /** How many checks were run. @example 18 */
  checks!: number;
  /** Nothing where the organizations are kept apart as they should be. */
  findings!: IsolationFindingDto[];
}
