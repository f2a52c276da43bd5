import { ConfigError } from './common/config';
import { startServer, type RunningServer } from './server';

export { startServer, type RunningServer };

/** A container's way in: the environment is complete and the database is migrated. `npm start` prepares both first. */
async function main(): Promise<void> {
  const server = await startServer(process.env);
  const stop = (): void => {
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError)
    return error.problems.map((problem) => `frontdesk: ${problem}`).join('\n');
  const { code } = error as { code?: unknown };
  return `frontdesk: cannot start (${typeof code === 'string' ? code : 'unexpected error'}); check DATABASE_URL, HOST and PORT`;
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  });
