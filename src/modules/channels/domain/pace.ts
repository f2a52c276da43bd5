/** How many sends a connection has left at a moment, and until when its provider wants none: a bucket that fills up. */
export interface Pace {
  readonly available: number;
  readonly countedAt: Date;
  /** Null while the provider takes messages. */
  readonly blockedUntil: Date | null;
  /** How often in a row it said that it wants none. */
  readonly blockedTimes: number;
}

const SECOND = 1_000;
const LONGEST_BLOCK = 5 * 60 * SECOND;

/** As many can go at once after a while of silence: a quarter of what goes in a second. */
export function burstOf(perSecond: number): number {
  return Math.max(1, Math.ceil(perSecond / 4));
}

/** The pace at a later moment. */
export function refilled(pace: Pace, perSecond: number, now: Date): Pace {
  const seconds = Math.max(0, now.getTime() - pace.countedAt.getTime()) / SECOND;
  const available = Math.min(burstOf(perSecond), pace.available + seconds * perSecond);
  return { ...pace, available, countedAt: now };
}

/** How many may go now; `pace` is of now. */
export function freeSlots({ available, blockedUntil, countedAt }: Pace): number {
  return blockedUntil !== null && countedAt < blockedUntil ? 0 : Math.floor(available);
}

/** When so many may go at the earliest, if nobody else takes them; `pace` is of now. */
export function freeAt(pace: Pace, perSecond: number, slots: number): Date {
  const wanted = Math.min(slots, burstOf(perSecond));
  const missing = Math.max(0, wanted - pace.available);
  const at = pace.countedAt.getTime() + Math.ceil((missing / perSecond) * SECOND);
  return new Date(Math.max(at, pace.blockedUntil?.getTime() ?? 0));
}

/**
 * The pace after the provider said that it wants no more: nothing goes for as long as it asks, or for `firstMs`, doubled
 * with each time in a row, up to five minutes. Several answers to what was under way at once count as one time.
 */
export function blocked(pace: Pace, now: Date, firstMs: number, askedSeconds = 0): Pace {
  const again = pace.blockedUntil === null || pace.blockedUntil <= now;
  const blockedTimes = pace.blockedTimes + (again ? 1 : 0);
  const own = Math.min(firstMs * 2 ** (blockedTimes - 1), LONGEST_BLOCK);
  const asked = Math.min(askedSeconds * SECOND, LONGEST_BLOCK);
  const until = now.getTime() + Math.max(own, asked);
  return {
    ...pace,
    blockedTimes,
    blockedUntil: new Date(Math.max(until, pace.blockedUntil?.getTime() ?? 0)),
  };
}
