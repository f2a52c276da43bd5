import type { Uuid } from '../../../common/context';
import type { MembershipRow, SignInRow } from '../db/people.repository';
import type { Role } from '../domain/roles';
import type { AccessToken } from './access-tokens';

/** An organization, as a caller needs it to show where they are. */
export interface OrganizationView {
  readonly id: Uuid;
  readonly name: string;
  readonly slug: string;
}

/** A user, as they see themselves. */
export interface UserView {
  readonly id: Uuid;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** An access token and where it leads. */
export interface SwitchedOrganization extends AccessToken {
  readonly organization: OrganizationView;
  readonly role: Role;
}

/** The answer to a sign-in. */
export interface SignedIn extends SwitchedOrganization {
  readonly refreshToken: string;
  readonly user: UserView;
}

export function organizationView({ orgId, orgName, orgSlug }: MembershipRow): OrganizationView {
  return { id: orgId, name: orgName, slug: orgSlug };
}

export function userView({ id, email, first_name, last_name }: SignInRow): UserView {
  return { id, email, firstName: first_name, lastName: last_name };
}
