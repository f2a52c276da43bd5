import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';

interface ProviderConfig extends FastifyContextConfig {
  readonly takesProviderBodies?: true;
}

/** The route takes what providers post: forms beside JSON. All others take JSON. */
export const TakesProviderBodies = (): MethodDecorator =>
  RouteConfig({ takesProviderBodies: true } satisfies ProviderConfig);

/** True when the request's route is marked so. */
export function takesProviderBodies(request: FastifyRequest): boolean {
  return (request.routeOptions.config as ProviderConfig).takesProviderBodies === true;
}
