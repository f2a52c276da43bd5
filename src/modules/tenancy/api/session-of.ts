import type { Principal } from '../../../common/auth';
import type { Uuid } from '../../../common/context';

/** The user and session behind a request. Only sessions hold the permission `self`, so a route that asks for it has one. */
export function sessionOf({ actor, sessionId }: Principal): { userId: Uuid; sessionId: Uuid } {
  if (actor.id === null || sessionId === undefined) throw new Error('the caller has no session');
  return { userId: actor.id, sessionId };
}
