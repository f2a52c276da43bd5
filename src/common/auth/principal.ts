import type { Actor, Uuid } from '../context';
import type { Permission } from './permission';

/** Who is calling, in which organization, and what they may do there. Made from a credential alone. */
export interface Principal {
  readonly actor: Actor;
  readonly orgId: Uuid;
  readonly permissions: ReadonlySet<Permission>;
  /** The sign-in that the access token belongs to; an API key has none. */
  readonly sessionId?: Uuid;
}

/** The parts of a request from which a caller is recognised, and by which it is told where they went. */
export interface Credentials {
  /** The `Authorization` header, as sent. */
  readonly authorization: string | undefined;
  readonly ipAddress: string;
  /** Verb and path, with the ids in it and without the query: what was looked at. */
  readonly path: string;
}

/** Port: tells who is calling. Bound by the tenancy module; the ground never looks up. */
export abstract class Authenticator {
  /** Throws an `Unauthenticated` rule error that says the same whatever is wrong with the credential. */
  abstract authenticate(credentials: Credentials): Promise<Principal>;
}

/** Port: a caller who is known tried what they may not. Bound by the tenancy module, which writes it to the audit trail. */
export abstract class DenialRecorder {
  abstract record(principal: Principal, permission: Permission, route: string): Promise<void>;
}
