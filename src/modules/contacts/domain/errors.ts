import type { Uuid } from '../../../common/context';
import { Conflict, Invalid, NotFound, type FieldError } from '../../../common/errors';

/** Absent, or another organization's. */
export class ContactNotFound extends NotFound {
  readonly code = 'contact_not_found';
  constructor() {
    super('There is no such contact.');
  }
}

/** Fields of a contact are not right; each is named. */
export class ContactInvalid extends Invalid {
  readonly code = 'contact_invalid';
  constructor(fields: readonly FieldError[]) {
    super('Some fields are not right.', { fields });
  }
}

/** A number belongs to one contact of an organization. `leadsTo`: the contact that the one who had it was merged into. */
export class PhoneTaken extends Conflict {
  readonly code = 'phone_taken';
  constructor(leadsTo?: Uuid) {
    const message = 'Another contact has this phone.';
    const lead = leadsTo ? [{ field: 'phone', code: 'leads_to', message: leadsTo }] : [];
    super(message, { fields: [{ field: 'phone', code: 'phone_taken', message }, ...lead] });
  }
}

/** The lead cannot go there from where it is. */
export class LeadMoveRefused extends Conflict {
  readonly code = 'lead_move_refused';
  constructor(from: string, to: string) {
    const message = `A lead does not go from ${from} to ${to}.`;
    super(message, { fields: [{ field: 'leadStatus', code: 'lead_move_refused', message }] });
  }
}
