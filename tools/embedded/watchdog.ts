import { spawn } from 'node:child_process';

/** Waits for a line (all is well) or for the end of the launcher (its end of the pipe closes), then stops the server. */
const SCRIPT = `
if read -r word; then exit 0; fi
kill -INT "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
if [ -n "$2" ]; then rm -rf -- "$2"; fi
`;

/**
 * Stops the server `pid` when this process ends without having done so itself, SIGKILL included; `discard` names a
 * folder to remove then. Returns what calls the watch off. Windows has no shell for it: there the next start
 * clears up.
 */
export function watchOver(pid: number, discard: string | undefined): () => void {
  if (process.platform === 'win32') return () => undefined;
  const watchdog = spawn('/bin/sh', ['-c', SCRIPT, 'frontdesk-watchdog', String(pid), discard ?? ''], {
    // Its own process group, like the server's: the terminal's Ctrl-C must reach neither.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  // A watchdog that cannot start or was killed is no reason to stop: the next start clears up then.
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  return () => watchdog.stdin.end('stopped\n');
}
