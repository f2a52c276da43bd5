import { LastOwner, OwnersOnly } from './member-errors';
import type { Role } from './roles';

/** A change of who is what in an organization, with what was found under lock. */
export interface MemberChange {
  /** What the one who changes it is; an API key is no more than an admin. */
  readonly by: Role;
  readonly from: Role;
  /** Null: the member goes. */
  readonly to: Role | null;
  /** How many owners there are before. */
  readonly owners: number;
}

/** Throws {@link OwnersOnly} and {@link LastOwner}. */
export function checkMemberChange({ by, from, to, owners }: MemberChange): void {
  if (by !== 'owner' && (from === 'owner' || to === 'owner')) throw new OwnersOnly();
  if (from === 'owner' && to !== 'owner' && owners <= 1) throw new LastOwner();
}

/** Throws {@link OwnersOnly} when someone of this role sends, or takes back, an invitation to be `to`. */
export function checkInvitedRole(by: Role, to: Role): void {
  if (by !== 'owner' && to === 'owner') throw new OwnersOnly();
}
