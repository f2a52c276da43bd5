import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/**
 * What becomes of a delivery whose signature does not fit. `enforce`: it is refused. `observe`: it is taken in, with what there is
 * against it, for a limited time.
 */
export const VERIFICATION_MODES = ['enforce', 'observe'] as const;
export type VerificationMode = (typeof VERIFICATION_MODES)[number];

/** A connection observes for so long at most, until somebody says again that it shall. */
export const OBSERVE_HOURS_MAX = 72;

const HOUR_MS = 3_600_000;

/** When it is over. */
export function observeUntil(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * HOUR_MS);
}

/** A connection observes from now on, or for longer than was said before: signatures that do not fit refuse nobody. */
export class ObservingBegan extends DomainEvent<{ readonly orgId: Uuid; readonly connectionId: Uuid }> {
  static readonly eventName = 'channels.observing-began';
}

/** A connection enforces signatures again: its time was over, or somebody said so. */
export class ObservingEnded extends DomainEvent<{
  readonly orgId: Uuid;
  readonly connectionId: Uuid;
  /** How many deliveries were taken in meanwhile whose signature did not fit. */
  readonly unverified: number;
}> {
  static readonly eventName = 'channels.observing-ended';
}
