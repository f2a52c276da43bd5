/** Thrown between two steps of the start when it is to stop. */
export class Stopped extends Error {}

/** One Ctrl-C in a terminal arrives twice under npm: from the terminal, and passed on by npm. */
const SAME_REQUEST_MS = 1_000;

/** The wish to stop: a signal, or the loss of something that cannot be done without. */
export class StopRequest {
  private resolve: (exitCode: number) => void = () => undefined;
  private firstAt: number | undefined;
  /** Resolves with the exit code that the reason calls for. */
  readonly requested = new Promise<number>((resolve) => (this.resolve = resolve));

  ask(exitCode: number): void {
    this.firstAt ??= Date.now();
    this.resolve(exitCode);
  }

  /** SIGINT, SIGTERM and SIGHUP ask to stop; a second one, given in earnest, calls `force`. */
  listen(onFirst: () => void, force: () => void): void {
    const onSignal = () => {
      const first = this.firstAt;
      if (first === undefined) {
        this.ask(0);
        onFirst();
      } else if (Date.now() - first > SAME_REQUEST_MS) force();
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  }

  /** Runs one step of the start, unless it is to stop already. */
  async step<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.firstAt !== undefined) throw new Stopped();
    return work();
  }
}
