import { createParamDecorator, applyDecorators, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { Unsupported } from '../errors';

/** What a table may be sent as. */
const TABLES = ['text/csv', 'application/octet-stream'];
/** Every content type that no other parser takes; each route says which of them it does. */
const ANY_TYPE = /^(application|audio|image|text|video)\/[a-z0-9.+-]+ *(;|$)/i;
/** How long the body of any other request may take. */
const BODY_TIMEOUT_MS = 30_000;
/** How long a file may take. */
export const UPLOAD_TIMEOUT_MS = 1_800_000;
/** How long the next piece of a file may take: whoever sends nothing holds a place that others need. */
const PIECE_TIMEOUT_MS = 60_000;
/** So long an answer that came before the end of a file can be read before the connection is closed. */
const LINGER_MS = 5_000;

interface UploadConfig extends FastifyContextConfig {
  readonly takesUpload?: readonly string[];
}

/** A file was posted where JSON is expected. */
export class UploadNotTaken extends Unsupported {
  readonly code = 'unsupported_content_type';
  constructor() {
    super('This route takes application/json.');
  }
}

/** The route takes a file of these types, which its handler reads from {@link UploadedStream} and limits itself. */
export const TakesUpload = (types: readonly string[] = TABLES): MethodDecorator =>
  applyDecorators(
    RouteConfig({ takesUpload: types } satisfies UploadConfig),
    ApiConsumes(...types),
    ApiBody({ schema: { type: 'string', format: 'binary' } }),
  );

function uploadsOf(request: FastifyRequest): readonly string[] | undefined {
  return (request.routeOptions.config as UploadConfig | undefined)?.takesUpload;
}

/** No file came: another content type, or none. */
export class NoFile extends Unsupported {
  readonly code = 'unsupported_content_type';
  constructor(types: readonly string[] = TABLES) {
    super(`Send the file as it is, as ${types.slice(0, -1).join(', ')} or ${types.at(-1)}.`);
  }
}

/** The file as it arrives. Whoever reads it slowly slows down the sender. */
export const UploadedStream = createParamDecorator((_: unknown, context: ExecutionContext): Readable => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (request.body !== request.raw) throw new NoFile(uploadsOf(request));
  return request.raw;
});

/** Ends a request by the way that the server ends those itself that take too long. */
function cutOff(server: FastifyInstance, raw: FastifyRequest['raw']): void {
  if (raw.complete || raw.destroyed) return;
  const late = Object.assign(new Error('the body takes too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  if (!server.server.emit('clientError', late, raw.socket)) raw.socket.destroy(late);
}

/**
 * Cuts off a file of which nothing more arrives within `pieceMs`. Bytes are counted where they arrive: a sender that has to wait
 * because its pieces are not taken yet is not cut off.
 */
function watchPieces(server: FastifyInstance, raw: FastifyRequest['raw'], pieceMs: number): void {
  let before = -1;
  const timer = setInterval(() => {
    const { bytesRead } = raw.socket;
    const isOurTurn = raw.readableLength > 0;
    if (bytesRead === before && !isOurTurn) cutOff(server, raw);
    before = bytesRead;
  }, pieceMs / 2);
  raw.once('close', () => clearInterval(timer));
}

/**
 * Hands files to the routes that take them, and sees to it that no other body takes longer than `bodyMs`, nor a piece of a file
 * longer than `pieceMs`.
 */
export function addUploads(
  server: FastifyInstance,
  { bodyMs = BODY_TIMEOUT_MS, pieceMs = PIECE_TIMEOUT_MS } = {},
): void {
  server.addContentTypeParser(ANY_TYPE, (request, payload, done) => {
    const types = uploadsOf(request);
    const type = (request.headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
    if (types?.includes(type)) done(null, payload);
    else done(types ? new NoFile(types) : new UploadNotTaken());
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers, raw } = request;
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    if (hasBody && uploadsOf(request)) watchPieces(server, raw, pieceMs);
    else if (hasBody) {
      // The server waits as long as a file may take: all others are ended here.
      const timer = setTimeout(() => cutOff(server, raw), bodyMs).unref();
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
  server.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) {
      // Refused before its end. Closing at once would keep the sender from reading why.
      raw.resume();
      setTimeout(() => raw.complete || raw.socket.destroy(), LINGER_MS).unref();
    }
    done();
  });
}
