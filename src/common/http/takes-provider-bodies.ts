import type { Type } from '@nestjs/common';
import { RouteConfig, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemFilter } from './problem.filter';
import { ROUTE, type RouteOptions } from './route';

/** What takes a request of a provider, and gives the text that it is answered. */
type TakesRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<string>;

interface ProviderConfig extends FastifyContextConfig {
  readonly takenBy?: { readonly controller: Type; readonly method: string | symbol };
  /** Larger than what is posted elsewhere. */
  readonly maxBytes?: number;
}

/**
 * The route takes what providers post, as it comes: forms beside JSON. All others take JSON that is read before. The method gets
 * the request and the reply and gives the text of the answer; see {@link receiveFromProviders}.
 */
export const TakesProviderBodies =
  (larger: { readonly maxBytes?: number } = {}): MethodDecorator =>
  (target, method, descriptor) =>
    RouteConfig({
      takenBy: { controller: target.constructor as Type, method },
      ...larger,
    } satisfies ProviderConfig)(target, method, descriptor);

/**
 * Providers' requests go from Fastify to the controller, past Nest's guards, pipes and interceptors: those ask who is calling,
 * what the body is and in whose transaction it runs, and none of it holds here. They come in bursts, and that way costs as much
 * again as taking them in. How much such a route takes is known before anything of a body is read. Called before there are routes.
 */
export function receiveFromProviders(app: NestFastifyApplication): void {
  const problems = app.get(ProblemFilter);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      const { maxBytes, takenBy } = (route.config ?? {}) as ProviderConfig;
      if (maxBytes !== undefined) route.bodyLimit = maxBytes;
      if (!takenBy) return;
      const { controller, method } = takenBy;
      assertOpen(controller, method);
      const receiver = app.get<Record<string | symbol, TakesRequest>>(controller, { strict: false });
      route.handler = async (request, reply) => {
        try {
          return await receiver[method]?.(request, reply);
        } catch (error) {
          problems.answer(error, request, reply);
          return reply;
        }
      };
    });
}

/** Nothing would ask for the permission, and nothing count. */
function assertOpen({ name, prototype }: Type, method: string | symbol): void {
  const handler = (prototype as Record<string | symbol, object>)[method];
  const route = handler && (Reflect.getMetadata(ROUTE, handler) as RouteOptions | undefined);
  if (!route || !('public' in route) || route.limit)
    throw new Error(
      `${name}.${String(method)} takes what providers post: it must be public and without a limit`,
    );
}

/** True when the request's route is marked so. */
export function takesProviderBodies(request: FastifyRequest): boolean {
  return (request.routeOptions.config as ProviderConfig).takenBy !== undefined;
}
