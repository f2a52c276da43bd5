import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';

interface ProviderConfig extends FastifyContextConfig {
  readonly takesProviderBodies?: true;
  /** Larger than what is posted elsewhere. */
  readonly maxBytes?: number;
}

/** The route takes what providers post, as it comes: forms beside JSON. All others take JSON that is read before. */
export const TakesProviderBodies = (larger: { readonly maxBytes?: number } = {}): MethodDecorator =>
  RouteConfig({ takesProviderBodies: true, ...larger } satisfies ProviderConfig);

/** How much each route takes is known before anything of a body is read. Called before there are routes. */
export function limitProviderBodies(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { maxBytes } = (route.config ?? {}) as ProviderConfig;
    if (maxBytes !== undefined) route.bodyLimit = maxBytes;
  });
}

/** True when the request's route is marked so. */
export function takesProviderBodies(request: FastifyRequest): boolean {
  return (request.routeOptions.config as ProviderConfig).takesProviderBodies === true;
}
