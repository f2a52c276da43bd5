import { Conflict, Forbidden, NotFound } from '../../../common/errors';

/** Absent, or no member of this organization. */
export class MemberNotFound extends NotFound {
  readonly code = 'member_not_found';
  constructor() {
    super('There is no such member.');
  }
}
/** Owners are made, changed and removed by owners. */
export class OwnersOnly extends Forbidden {
  readonly code = 'owners_only';
  constructor() {
    super('Only an owner can do this to an owner, or make one.');
  }
}
/** Somebody must be able to do everything. */
export class LastOwner extends Conflict {
  readonly code = 'last_owner';
  constructor() {
    super('This is the last owner. Make someone else an owner first.');
  }
}
/** The caller's role changed while the request was on its way. */
export class NotAllowedAnyMore extends Forbidden {
  readonly code = 'permission_denied';
  constructor() {
    super('You may not do this: it needs the permission members.manage.');
  }
}
