import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Config } from '../config';
import { isUuid, newId, asUuid, withRequestContext } from '../context';
import { Unsupported } from '../errors';
import { Log } from '../logging';
import { Metrics } from '../metrics';
import { ProblemFilter } from './problem.filter';
import { routeOf, type KnownRequest } from './request';

const BODY_LIMIT = 1_048_576;
/** Twilio posts a few kilobytes. */
const FORM_LIMIT = 65_536;
/** Providers post forms; everything else in the API is JSON. */
const FORM_ROUTES = '/api/v1/channels/';

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
    trustProxy: (_address, hop) => hop < config.http.trustProxyHops,
    requestIdHeader: false,
    genReqId: requestIdOf,
    requestTimeout: 30_000,
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
  addParsers(server);
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
      done(null, body.length === 0 ? undefined : JSON.parse(body.toString('utf8')));
    } catch {
      done(Object.assign(new Error('not JSON'), { statusCode: 400 }));
    }
  });
  // Kept as it came: a signature is over these very bytes.
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: FORM_LIMIT },
    (request, body: Buffer, done) => {
      (request as RawRequest).rawBody = body;
      if (request.routeOptions.url?.startsWith(FORM_ROUTES)) done(null, undefined);
      else done(new FormNotTaken());
    },
  );
}

function addHooks(server: FastifyInstance, log: Log, metrics: Metrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
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
