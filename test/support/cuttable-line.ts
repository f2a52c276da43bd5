import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP line to a server that can be cut and mended, to see what a program does without its database. */
export interface CuttableLine {
  /** `url` with this line's address in place of the server's. */
  through(url: string): string;
  /** Breaks every connection and takes no new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Opens a line to the server of `url`. */
export async function aCuttableLine(url: string): Promise<CuttableLine> {
  const { hostname, port: serverPort } = new URL(url);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const carry = (near: Socket) => {
    const far = connect(Number(serverPort || 5432), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => void (sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  };
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server = createServer(carry).once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve((server?.address() as AddressInfo).port));
    });
  const port = await listen(0);
  return {
    through(target) {
      const line = new URL(target);
      line.hostname = '127.0.0.1';
      line.port = String(port);
      return line.toString();
    },
    async cut() {
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend() {
      await listen(port);
    },
  };
}
