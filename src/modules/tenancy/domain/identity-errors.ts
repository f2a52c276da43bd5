import { Forbidden, Unavailable } from '../../../common/errors';

/** Someone is known at their provider and has no place here; whether the organization exists is not told. */
export class NotAMember extends Forbidden {
  readonly code = 'not_a_member';
  constructor() {
    super('You are no member of this organization. One of its owners can invite you.');
  }
}
/** A person is found by an address only when the provider says that it is theirs. */
export class EmailNotVerified extends Forbidden {
  readonly code = 'email_not_verified';
  constructor() {
    super('Your identity provider does not vouch for your email address, so you are not known here.');
  }
}
/** A member of several organizations, and the token says none; or it says one by a name that can change hands. */
export class OrganizationNotNamed extends Forbidden {
  readonly code = 'organization_not_named';
  constructor() {
    super('The token does not say which organization is meant. It has to name it by its id.');
  }
}
/** The provider's keys are not known and cannot be had at the moment. */
export class IdentityProviderUnreachable extends Unavailable {
  readonly code = 'identity_provider_unreachable';
  constructor() {
    super('The identity provider cannot be reached. Try again.', { retryAfterSeconds: 10 });
  }
}
