/** Contacts of one transaction. */
export const BATCH = 500;

/**
 * So many messages of a bulk send wait to be handed over at most, so that pausing and cancelling are felt at once and the
 * queue stays short.
 */
export const MOST_WAITING = 1_000;

/** With a pace of its own a bulk send queues what goes out in this time at once. */
const STRIDE_MS = 10_000;
const MINUTE_MS = 60_000;

/** What decides how much of a bulk send may be queued now. */
export interface Feeding {
  /** How many of its messages wait to be handed over. */
  readonly waiting: number;
  /** Its own pace; null where it has none but the connection's. */
  readonly perMinute: number | null;
  /** By its own pace there is nothing more to queue before. */
  readonly fedUntil: Date | null;
  readonly now: Date;
}

/** How many messages may be queued now; 0 while it has to wait. */
export function roomFor({ waiting, perMinute, fedUntil, now }: Feeding): number {
  if (fedUntil && fedUntil > now) return 0;
  const stride = perMinute === null ? BATCH : Math.max(1, Math.floor((perMinute * STRIDE_MS) / MINUTE_MS));
  return Math.max(0, Math.min(BATCH, stride, MOST_WAITING - waiting));
}

/** Until when `sent` messages that were queued now are enough by the pace of the bulk send. */
export function fedUntilAfter(sent: number, { perMinute, fedUntil, now }: Feeding): Date | null {
  if (perMinute === null) return null;
  const from = Math.max(now.getTime(), fedUntil?.getTime() ?? 0);
  return new Date(from + (sent * MINUTE_MS) / perMinute);
}

/** How long `messages` take at the pace of the connection and, where it is slower, that of the bulk send. */
export function secondsFor(messages: number, perSecond: number, perMinute: number | null): number {
  const pace = Math.min(perSecond, perMinute === null ? Infinity : perMinute / 60);
  return Math.ceil(messages / pace);
}
