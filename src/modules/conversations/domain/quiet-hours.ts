import { IANAZone } from 'luxon';
import type { ConsentPurpose } from './message-content';

/** The hours of the night in which nobody is sent marketing: `HH:MM`, local to the recipient. */
export interface QuietHours {
  /** From this minute on; later than {@link end}, since the hours last over midnight. */
  readonly start: string;
  /** Up to and without this minute. */
  readonly end: string;
}

export interface SendableQuestion {
  readonly now: Date;
  /** Where the recipient may be, the likeliest first (`recipientZones`); at least one. */
  readonly zones: readonly string[];
  readonly hours: QuietHours;
  readonly purpose: ConsentPurpose;
  /** True for an answer in a conversation whose session window is open: the person is up and writing. */
  readonly live: boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60;
/** A day of 25 hours, with the minute that may be allowed at its end. */
const LONGEST_DAY = 25 * 60 * MINUTE + MINUTE;

/**
 * From when on a message may go out: null when it may now, else the first minute in which it may. Only marketing waits, and no
 * reply within a live conversation.
 *
 * Where the recipient may be in several zones, it has to be allowed in all of them; where no minute of the day is, as for
 * numbers of the whole world, the first zone decides. The clock on the wall counts, whatever it was changed by: an instant is
 * quiet when that clock shows a quiet minute, also one that comes twice in that night; an end of quiet hours that the clock
 * leaps over has come when it leapt.
 */
export function sendableAt({ now, zones, hours, purpose, live }: SendableQuestion): Date | null {
  if (purpose !== 'marketing' || live) return null;
  const from = now.getTime();
  const clocks = zones.map((zone) => IANAZone.create(zone));
  const at = allowedInAll(clocks, from, hours) ?? allowedInAll(clocks.slice(0, 1), from, hours);
  if (at === undefined) throw new RangeError(`no minute is allowed in ${zones.join(', ')}`);
  return at === from ? null : new Date(at);
}

/** The first allowed instant from `from` on; undefined when a day has none. */
function allowedInAll(zones: readonly IANAZone[], from: number, hours: QuietHours): number | undefined {
  if (zones.length === 0) return undefined;
  let at = from;
  while (at - from <= LONGEST_DAY) {
    const next = Math.max(...zones.map((zone) => allowedIn(zone, at, hours)));
    if (next === at) return at;
    at = next;
  }
  return undefined;
}

/** The first instant from `at` on that is not quiet in a zone: itself, or the beginning of a minute. */
function allowedIn(zone: IANAZone, at: number, hours: QuietHours): number {
  const [start, end] = [minutesOf(hours.start), minutesOf(hours.end)];
  const local = localMinute(zone, at);
  if (local >= end && local < start) return at;
  const minute = Math.floor(at / MINUTE) * MINUTE;
  const there = minute + ((end - local + DAY) % DAY) * MINUTE;
  const change = clockChange(zone, minute, there);
  // Up to the change the clock runs on in quiet hours; from then on it shows another time.
  return change === undefined ? there : allowedIn(zone, change, hours);
}

/** The minute between two instants at which the clock of a zone is changed; undefined when it is not. */
function clockChange(zone: IANAZone, from: number, to: number): number | undefined {
  const before = zone.offset(from);
  if (zone.offset(to) === before) return undefined;
  let [same, other] = [from, to];
  while (other - same > MINUTE) {
    const middle = same + Math.floor((other - same) / 2 / MINUTE) * MINUTE;
    if (zone.offset(middle) === before) same = middle;
    else other = middle;
  }
  return other;
}

/** What the clock on the wall shows, in minutes of the day. */
function localMinute(zone: IANAZone, at: number): number {
  const minutes = Math.floor(at / MINUTE + zone.offset(at));
  return ((minutes % DAY) + DAY) % DAY;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
