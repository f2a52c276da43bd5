import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { addUploads } from '../../../src/common/http/takes-upload';

/** Timers of one length run out in the order in which they began: who began first and is there when the next one is cut, stays. */
const LIMIT_MS = 100;
let server: FastifyInstance;
let pieceMs = 60_000;
let arrived: () => void;
let release: () => void;

const serve = async () => {
  server = fastify();
  const held = new Promise<void>((done) => (release = done));
  server.addHook('onRequest', (_request, _reply, done) => {
    done();
    arrived();
  });
  addUploads(server, { bodyMs: LIMIT_MS, pieceMs });
  server.post('/file', { config: { takesUpload: ['text/csv'] } }, async ({ raw }) => {
    let bytes = 0;
    for await (const part of raw) bytes += (part as Buffer).length;
    return { bytes };
  });
  server.post('/json', async ({ body }) => {
    await held;
    return body;
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
};
beforeEach(serve);
afterEach(() => server.close());

interface Sender {
  readonly socket: Socket;
  /** Everything that was answered, once the server has closed. */
  readonly answer: Promise<string>;
}

/** Begins a request whose body has `length` bytes, and sends `body` of it; resolves when the server knows of it. */
async function sends(route: string, type: string, body: string, length: number): Promise<Sender> {
  const known = new Promise<void>((done) => (arrived = done));
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString()));
  const answer = once(socket, 'close').then(() => text);
  socket.write(
    `POST ${route} HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`,
  );
  await known;
  return { socket, answer };
}

test('a body that does not come to its end is cut off; a file, and an answer that takes long, are not', async () => {
  const file = await sends('/file', 'text/csv', 'phone\n', 12);
  const whole = await sends('/json', 'application/json', '{"a":1}', 7);
  const late = await sends('/json', 'application/json', '{"a":', 7);
  expect(await late.answer).toMatch(/^HTTP\/1\.1 408 /);

  file.socket.write('+49151');
  expect(await file.answer).toMatch(/^HTTP\/1\.1 200 [^]*\{"bytes":12\}/);
  release();
  expect(await whole.answer).toMatch(/^HTTP\/1\.1 200 [^]*\{"a":1\}/);
});

test('a file of which nothing more comes is cut off, long before a file may take so long', async () => {
  await server.close();
  pieceMs = LIMIT_MS;
  await serve();
  const held = await sends('/file', 'text/csv', 'phone\n', 12);
  expect(await held.answer).toMatch(/^HTTP\/1\.1 408 /);
  pieceMs = 60_000;
});
