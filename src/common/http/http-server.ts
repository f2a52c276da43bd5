import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config';
import { isUuid, newId, asUuid, withRequestContext } from '../context';
import { Unsupported } from '../errors';
import { Log } from '../logging';
import { Metrics } from '../metrics';
import { readJson } from './json-body';
import { ProblemFilter } from './problem.filter';
import { routeOf, type KnownRequest } from './request';
import { receiveFromProviders, takesProviderBodies } from './takes-provider-bodies';
import { addUploads, UPLOAD_TIMEOUT_MS } from './takes-upload';

/** More than anything posted here: messages are short, and Twilio posts a few kilobytes. */
const BODY_LIMIT = 65_536;

/** A form was posted where JSON is expected. */
export class FormNotTaken extends Unsupported {
  readonly code = 'unsupported_content_type';
  constructor() {
    super('This route takes application/json.');
  }
}

/** The HTTP server, before Nest: ids, limits, and how long a slow client may hold a connection. */
export function httpAdapter(config: Config, log: Log): FastifyAdapter {
  const problems = new ProblemFilter(log);
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    // Node looks for connections that are too slow only this often, and takes the larger of the two limits.
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 },
    trustProxy: (_address, hop) => hop < config.http.trustProxyHops,
    requestIdHeader: false,
    genReqId: requestIdOf,
    // For files. Other bodies end earlier: addUploads.
    requestTimeout: UPLOAD_TIMEOUT_MS,
    connectionTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    // An address that cannot be read reaches neither hooks nor filters.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-request-id', request.id);
      problems.answer(error, request, reply);
    },
  });
}

/** The caller's own id where it is a UUID: nothing else is ever written into logs or SQL. */
function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return isUuid(given) ? asUuid(given) : newId();
}

/** What every request passes before and after Nest: security headers, raw forms, request id, access log. */
export async function prepareHttp(app: NestFastifyApplication, config: Config): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const log = app.get(Log);
  await server.register(helmet, {
    contentSecurityPolicy: {
      // Swagger UI sets styles from script; upgrading to https would break a server that is read over plain HTTP.
      directives: {
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'upgrade-insecure-requests': null,
      },
    },
    strictTransportSecurity: config.production,
  });
  receiveFromProviders(app);
  addParsers(server);
  addUploads(server);
  addHooks(server, log, app.get(Metrics));
  const problems = app.get(ProblemFilter);
  if (!config.servesApi)
    server.addHook('onRequest', (request, reply, done) => {
      if (/^\/(health\/|metrics)/.test(request.url)) done();
      else problems.answer({ statusCode: 404 }, request, reply);
    });
}

function addParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    (request as RawRequest).rawBody = body;
    try {
      done(null, takesProviderBodies(request) ? undefined : readJson(body));
    } catch (error) {
      done(error as Error);
    }
  });
  // Kept as it came: a signature is over these very bytes.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      (request as RawRequest).rawBody = body;
      if (takesProviderBodies(request)) done(null, undefined);
      else done(new FormNotTaken());
    },
  );
}

function addHooks(server: FastifyInstance, log: Log, metrics: Metrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { originalUrl } = request;
    // `POST http://elsewhere/…`: for proxies, and nothing that a signature or a route should be looked up by.
    if (originalUrl.startsWith('/') && !originalUrl.includes('%00')) done();
    else done(Object.assign(new Error('not a path'), { statusCode: 400 }));
  });
  // A kept-alive connection would hold up the shutdown after its last answer.
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done();
  });
  // After the body was read: reading it would lose the context again.
  server.addHook('preHandler', (request, _reply, done) =>
    withRequestContext({ requestId: asUuid(request.id) }, done),
  );
  server.addHook('onResponse', (request, reply, done) => {
    const { principal } = request as KnownRequest;
    metrics.requests.observe({ route: routeOf(request), status: reply.statusCode }, reply.elapsedTime / 1000);
    log.info('request', {
      requestId: request.id,
      route: routeOf(request),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ...(principal
        ? {
            orgId: principal.orgId,
            actorType: principal.actor.type,
            ...(principal.actor.id ? { actorId: principal.actor.id } : {}),
          }
        : {}),
    });
    done();
  });
}

/** A request whose body is kept as it came. */
export interface RawRequest extends FastifyRequest {
  rawBody?: Buffer;
}
