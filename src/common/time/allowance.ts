import { LRUCache } from 'lru-cache';

/** How many of something may happen: `size` at once, and `perMinute` over time. */
export interface AllowanceSize {
  readonly size: number;
  readonly perMinute: number;
}

const UNLIMITED: AllowanceSize = { size: Number.MAX_SAFE_INTEGER, perMinute: 0 };

/** What comes back in a third of a minute, three times, is a little less than one. */
const ROUNDING = 1e-6;

/** A token bucket. Times are milliseconds of any clock that does not run back. */
export class Allowance {
  private left: number;

  constructor(
    private readonly rule: AllowanceSize,
    private at: number,
  ) {
    this.left = rule.size;
  }

  /** How many there are to take now. */
  leftAt(now: number): number {
    this.left = Math.min(this.rule.size, this.left + ((now - this.at) / 60_000) * this.rule.perMinute);
    this.at = now;
    return Math.floor(this.left + ROUNDING);
  }

  /** True when there is none to take now. */
  isUsedUp(now: number): boolean {
    return this.leftAt(now) < 1;
  }

  /** Whole seconds from the last look until there are `count` to take, or all that there can be. */
  secondsUntil(count: number): number {
    const missing = Math.min(count, this.rule.size) - this.left;
    return missing > 0 ? Math.ceil((missing / this.rule.perMinute) * 60) : 0;
  }

  /** Takes one; false when there is none. */
  take(now: number): boolean {
    if (this.isUsedUp(now)) return false;
    this.left -= 1;
    return true;
  }
}

/** An allowance for each key and one for all together, in this process. A key that is long unheard of starts anew. */
export class Allowances {
  // Counted by size, for `max` makes room for all at once: 160 kB and milliseconds for each of a dozen that stay small.
  private readonly byKey = new LRUCache<string, Allowance>({ maxSize: 20_000, sizeCalculation: () => 1 });
  private readonly together: Allowance;

  constructor(
    private readonly each: AllowanceSize,
    all: AllowanceSize = UNLIMITED,
  ) {
    this.together = new Allowance(all, performance.now());
  }

  /** True when there is none to take for `key` now. */
  isUsedUp(key: string, now = performance.now()): boolean {
    return this.byKey.get(key)?.isUsedUp(now) ?? false;
  }

  /** Takes one for `key`; false when its own allowance or the common one is used up. */
  take(key: string, now = performance.now()): boolean {
    return this.of(key, now).take(now) && this.together.take(now);
  }

  /** The key's own allowance. */
  of(key: string, now: number): Allowance {
    const known = this.byKey.get(key);
    if (known) return known;
    const made = new Allowance(this.each, now);
    this.byKey.set(key, made);
    return made;
  }
}
