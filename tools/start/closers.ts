type Closer = () => Promise<void> | void;

/** What has been started, to be stopped in the opposite order. */
export class Closers {
  private readonly closers: Closer[] = [];

  add(closer: Closer): void {
    this.closers.push(closer);
  }

  /** Runs all of them, each only once, also when some fail; returns the failures. */
  async close(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let closer = this.closers.pop(); closer; closer = this.closers.pop())
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    return failures;
  }
}
