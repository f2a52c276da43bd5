import { OrganizationSuspended, SessionEnded, WrongCredentials } from './errors';
import type { Role } from './roles';

/** A user's place in one organization. */
export interface MembershipView {
  readonly orgId: string;
  readonly orgName: string;
  readonly orgSlug: string;
  readonly orgStatus: string;
  readonly role: Role;
}

/**
 * The organization that a sign-in leads to: the one asked for, otherwise the one joined first that is not suspended.
 * `memberships` are ordered by when they began. Whoever belongs to none is told the same as with a wrong password.
 */
export function chooseMembership<M extends MembershipView>(
  memberships: readonly M[],
  slug: string | undefined,
): M {
  const wanted = slug === undefined ? memberships : memberships.filter(({ orgSlug }) => orgSlug === slug);
  const [first] = wanted;
  if (!first) throw new WrongCredentials();
  const open = wanted.find(({ orgStatus }) => orgStatus === 'active');
  if (!open) throw new OrganizationSuspended();
  return open;
}

/** A refresh token with its session, as found under lock. */
export interface RefreshState {
  readonly used: boolean;
  readonly revoked: boolean;
  readonly expired: boolean;
  readonly userActive: boolean;
  readonly orgStatus: string | null;
}

/**
 * What presenting a refresh token means. A token that was used before is in two hands: one of them stole it, so the
 * whole session ends (RFC 9700, 4.14.2). Of a session that has ended already nothing more can be learned.
 */
export function judgeRefresh(state: RefreshState): 'rotate' | 'reuse' {
  if (state.revoked || state.expired) throw new SessionEnded();
  if (state.used) return 'reuse';
  if (!state.userActive || state.orgStatus === null) throw new SessionEnded();
  if (state.orgStatus !== 'active') throw new OrganizationSuspended();
  return 'rotate';
}
