/** Thrown out of `sleep` when the simulator closes: whoever waits is to stop, and it's no fault. */
export class ClosedError extends Error {
  constructor() {
    super('the simulator is closed');
    this.name = 'ClosedError';
  }
}

/**
 * What goes on beside the answering of requests: timers that end when the simulator closes, and a
 * count of unfinished work. (One AbortSignal for thousands of timers would scan its listeners each time.)
 */
export class Background {
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  #waiting: (() => void)[] = [];
  #pending = 0;
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** How many pieces of work are unfinished. */
  get pending(): number {
    return this.#pending;
  }

  /** @throws ClosedError when the simulator closes (or is closed) before the time is over */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new ClosedError());
        return;
      }
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.set(timer, () => reject(new ClosedError()));
    });
  }

  /** Counts the work as unfinished until it ends, whichever way; answers with its outcome. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await work();
    } finally {
      if (--this.#pending === 0) this.#wake();
    }
  }

  /** Starts work nobody waits for. Its failure is printed, except for the simulator's closing. */
  start(work: () => Promise<void>): void {
    this.track(work).catch((error: unknown) => {
      if (!(error instanceof ClosedError)) console.error('twilio-simulator:', error);
    });
  }

  /** Resolves when no work is unfinished. */
  idle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends all timers and lets no new one begin. */
  close(): void {
    this.#closed = true;
    for (const [timer, cancel] of this.#timers) {
      clearTimeout(timer);
      cancel();
    }
    this.#timers.clear();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
