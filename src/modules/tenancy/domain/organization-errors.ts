import {
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  TooManyRequests,
  type FieldError,
} from '../../../common/errors';

/** What an organization would be made of is not right; `fields` names each. */
export class OrganizationInvalid extends Invalid {
  readonly code = 'organization_invalid';
  constructor(fields: readonly FieldError[]) {
    super('An organization cannot be like this.', { fields });
  }
}
/** Another organization bears this slug. */
export class SlugTaken extends Conflict {
  readonly code = 'slug_taken';
  constructor() {
    super('This slug is taken.', {
      fields: [{ field: 'slug', code: 'slug_taken', message: 'slug is taken by another organization' }],
    });
  }
}
/** There is one platform owner, and it exists. */
export class PlatformOwnerExists extends Conflict {
  readonly code = 'platform_owner_exists';
  constructor() {
    super('This installation has a platform owner already.');
  }
}
/** Nobody makes organizations here but the operator. */
export class SignUpClosed extends Forbidden {
  readonly code = 'sign_up_closed';
  constructor() {
    super('This installation takes no sign-ups. Ask its operator for an organization.');
  }
}
/** The token is wrong, used, expired or replaced by a later one; the answer does not say which. */
export class SignUpNotValid extends NotFound {
  readonly code = 'sign_up_not_valid';
  constructor() {
    super('This token is not valid, or not any more. Sign up again.');
  }
}
/** Whoever operates the installation would lock themselves out. */
export class PlatformOwnerNotSuspendable extends Conflict {
  readonly code = 'platform_owner_not_suspendable';
  constructor() {
    super('The organization that operates the installation cannot be suspended.');
  }
}
/** Its data is not opened: the operator is a member there. */
export class OwnOrganization extends Conflict {
  readonly code = 'own_organization';
  constructor() {
    super('This is your own organization: you read it as its member.');
  }
}
/** Absent, or of another organization. */
export class OperatorAccessNotFound extends NotFound {
  readonly code = 'operator_access_not_found';
  constructor() {
    super('There is no such access.');
  }
}
/** One person makes more organizations than a business needs. */
export class TooManyOrganizations extends TooManyRequests {
  readonly code = 'too_many_organizations';
  constructor() {
    super('You have made many organizations in a short time. Try again later.', { retryAfterSeconds: 600 });
  }
}
/** The operator brings nobody into an organization that can do so itself. */
export class OrganizationHasOwner extends Conflict {
  readonly code = 'organization_has_owner';
  constructor() {
    super('This organization has an owner, who invites its members.');
  }
}
