import { OperatorError } from '../embedded';
import { readDotEnv } from '../start/environment';
import { play } from './play';
import { findSurroundings } from './surroundings';

/** Plays the first conversations and calls against the running server. Exit code 1 when something is not as it should be. */
async function main(): Promise<void> {
  readDotEnv();
  const wentWell = await play(findSurroundings(process.env), (line) => console.log(line));
  if (!wentWell) process.exitCode = 1;
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof OperatorError ? message : `The demo stopped: ${message}`);
  process.exitCode = 1;
});
