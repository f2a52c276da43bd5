/** A simulator that listens. */
interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

/** A simulator as a program of its own. */
export interface Program<S extends Listening> {
  /** Begins each of its lines. */
  readonly name: string;
  /** Of its variables: `TWILIO_SIMULATOR`. */
  readonly prefix: string;
  readonly defaultPort: number;
  /** `read` gives a variable without its prefix; an empty one counts as absent. */
  start(at: { host: string; port: number }, read: (name: string) => string | undefined): Promise<S>;
  /** As whom it begins. */
  describe(simulator: S): string;
}

/**
 * Starts it as the environment says, tells in one line where it listens, and ends it on SIGTERM, SIGINT, and when a launcher's
 * IPC channel goes. A failure is one line, and exit code 1.
 */
export function run<S extends Listening>(program: Program<S>): void {
  start(program).catch((error: unknown) => {
    console.error(`${program.name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}

async function start<S extends Listening>(program: Program<S>): Promise<void> {
  const read = (name: string): string | undefined => given(process.env[`${program.prefix}_${name}`]);
  const host = read('HOST') ?? '127.0.0.1';
  const text = read('PORT') ?? String(program.defaultPort);
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new Error(`${program.prefix}_PORT must be a port from 0 to 65535, not "${text}"`);
  }
  try {
    const simulator = await program.start({ host, port }, read);
    closeWhenTold(simulator);
    console.log(`${program.name} listens on ${simulator.url}, ${program.describe(simulator)}`);
    if (process.connected) process.send?.({ type: 'listening', url: simulator.url });
  } catch (error) {
    throw new Error(explain(error, host, port), { cause: error });
  }
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** Closes on SIGTERM and SIGINT, and when a launcher's IPC channel goes: never outlive the launcher. */
function closeWhenTold(simulator: Listening): void {
  const stop = (): void => {
    void simulator.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  // The channel may have gone while the simulator was starting.
  if (process.send !== undefined && !process.connected) stop();
}

function explain(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `port ${port} on ${host} is in use`;
  return error instanceof Error ? error.message : String(error);
}
