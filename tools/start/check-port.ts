import { createServer } from 'node:net';
import { OperatorError } from '../embedded';

const REMEDIES: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is in use: stop the program that uses it, or set PORT to another one.`,
  EACCES: (_host, port) => `Port ${port} is not open to you: set PORT to one above 1023.`,
  EADDRNOTAVAIL: (host) => `HOST: this machine has no address ${host}; 127.0.0.1 or 0.0.0.0 always work.`,
  ENOTFOUND: (host) => `HOST: ${host} is unknown; 127.0.0.1 or 0.0.0.0 always work.`,
};

/** The line for a failure to listen; undefined when the failure is of another kind. */
export function portRemedy(error: unknown, host: string, port: number): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !/listen|bind|getaddrinfo/.test(syscall ?? '')) return undefined;
  return REMEDIES[code]?.(host, port);
}

/** Tries to listen where the server is going to, before a database is started for nothing. */
export async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject).listen(port, host, resolve);
    });
    await new Promise((resolve) => probe.close(resolve));
  } catch (error) {
    const remedy = portRemedy(error, host, port);
    throw remedy === undefined ? error : new OperatorError(remedy, { cause: error });
  }
}
