import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Authenticator, DenialRecorder, type Permission } from '../auth';
import { Forbidden } from '../errors';
import { pathOf, routeOf, type KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/** The caller is known but the role or the key's scopes do not reach that far. */
export class PermissionDenied extends Forbidden {
  readonly code = 'permission_denied';
  constructor(permission?: Permission) {
    super(
      permission ? `You may not do this: it needs the permission ${permission}.` : 'You may not do this.',
    );
  }
}

/** Finds out who is calling. Public routes pass; a route that states nothing is closed. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.reflector.get<RouteOptions | undefined>(ROUTE, context.getHandler());
    if (!route) throw new PermissionDenied();
    if ('public' in route) return true;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    request.principal = await this.authenticator.authenticate({
      authorization: request.headers.authorization,
      ipAddress: request.ip,
      path: pathOf(request),
    });
    return true;
  }
}

/** Decides whether the caller may; a denial is written to the audit trail. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly denials: DenialRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = this.reflector.get<RouteOptions | undefined>(ROUTE, context.getHandler());
    if (!route) throw new PermissionDenied();
    if ('public' in route) return true;
    const request = context.switchToHttp().getRequest<KnownRequest>();
    if (request.principal?.permissions.has(route.permission)) return true;
    if (request.principal) await this.denials.record(request.principal, route.permission, routeOf(request));
    throw new PermissionDenied(route.permission);
  }
}
