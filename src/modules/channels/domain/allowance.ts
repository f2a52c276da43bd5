/** How many of something may happen: `size` at once, and `perMinute` over time. */
export interface AllowanceSize {
  readonly size: number;
  readonly perMinute: number;
}

/** A token bucket. Times are milliseconds of any clock that does not run back. */
export class Allowance {
  private left: number;

  constructor(
    private readonly rule: AllowanceSize,
    private at: number,
  ) {
    this.left = rule.size;
  }

  /** Takes one; false when there is none. */
  take(now: number): boolean {
    this.left = Math.min(this.rule.size, this.left + ((now - this.at) / 60_000) * this.rule.perMinute);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
