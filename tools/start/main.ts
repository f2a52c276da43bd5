import { Closers } from './closers';
import { readDotEnv } from './environment';
import { report } from './explain';
import { launch } from './launch';
import { StopRequest, Stopped } from './stop-request';

/** Starts, serves until it is asked to stop, and stops in the opposite order. Returns the exit code. */
async function main(): Promise<number> {
  const closers = new Closers();
  const stop = new StopRequest();
  stop.listen(
    () => console.log('Stopping: requests and jobs are finished first. Ctrl-C again stops at once.'),
    () => process.exit(1),
  );
  let exitCode = 0;
  try {
    readDotEnv();
    await launch(process.env, closers, stop);
    exitCode = await stop.requested;
  } catch (error) {
    if (!(error instanceof Stopped)) {
      report(error);
      exitCode = 1;
    }
  }
  const failures = await closers.close();
  for (const failure of failures) report(failure);
  return failures.length > 0 ? 1 : exitCode;
}

// A closed terminal or pipe must not keep the rest from being stopped in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// What a library left open must not keep a stopped program alive.
void main().then((exitCode) => process.exit(exitCode));
