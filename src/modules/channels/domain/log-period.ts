import { Invalid } from '../../../common/errors';

const DAY_MS = 86_400_000;
/** So many days the log is counted or looked through over all organizations at once. */
export const LONGEST_PERIOD_DAYS = 31;

/** A stretch of the log. */
export interface LogPeriod {
  readonly from: Date;
  /** Not part of it. */
  readonly to: Date;
}

/** It ends before it begins, or is longer than what is counted at once. */
export class PeriodInvalid extends Invalid {
  readonly code = 'period_invalid';
  constructor() {
    const message = `from must be before to, by ${LONGEST_PERIOD_DAYS} days at most`;
    super('This period cannot be counted.', { fields: [{ field: 'from', code: 'period', message }] });
  }
}

/** The period that was asked for; what is left out is the last day until now. Throws {@link PeriodInvalid}. */
export function logPeriod(
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
  now: Date,
): LogPeriod {
  const end = to ?? now;
  const begin = from ?? new Date(end.getTime() - DAY_MS);
  const length = end.getTime() - begin.getTime();
  if (length <= 0 || length > LONGEST_PERIOD_DAYS * DAY_MS) throw new PeriodInvalid();
  return { from: begin, to: end };
}
