import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { FetchFailed, FetchRefused } from './fetch-errors';

/**
 * The body of an answer as a stream that ends in an error when it is longer than `maxBytes` (whatever its headers said), shorter
 * than announced, or when `signal` fires. Nobody reads faster than whoever takes it.
 */
export function boundedBody(
  response: IncomingMessage,
  { maxBytes, signal, onEnd }: { maxBytes: number; signal: AbortSignal; onEnd: () => void },
): Readable {
  let size = 0;
  const body = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (size > maxBytes) done(new FetchRefused('too_large'));
      else done(null, piece);
    },
  });
  const fail = (): unknown => body.destroy(new FetchFailed(signal.aborted ? 'timed_out' : 'broken_off'));
  response.on('error', fail);
  response.on('aborted', fail);
  signal.addEventListener('abort', fail, { once: true });
  body.once('close', () => {
    signal.removeEventListener('abort', fail);
    response.destroy();
    onEnd();
  });
  return response.pipe(body);
}
