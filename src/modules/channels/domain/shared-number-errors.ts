import { Conflict, Invalid, NotFound } from '../../../common/errors';

/** What belongs to a shared number is its owner's: who uses it can neither remove it nor open its account. */
export class NumberIsShared extends Conflict {
  readonly code = 'number_is_shared';
  constructor() {
    super('This number is shared. Whoever operates the installation changes and removes it.');
  }
}

/** Whose a call is cannot be asked while the phone rings. */
export class CallsNotShared extends Invalid {
  readonly code = 'calls_not_shared';
  constructor() {
    super('A number for calls belongs to one organization.', {
      fields: [{ field: 'channel', code: 'not_shared', message: 'channel must be whatsapp or sms' }],
    });
  }
}

/** No such number. */
export class SharedNumberNotFound extends NotFound {
  readonly code = 'shared_number_not_found';
  constructor() {
    super('There is no shared number with this id.');
  }
}

/** Organizations use the number, or messages over it are parked. */
export class SharedNumberInUse extends Conflict {
  readonly code = 'shared_number_in_use';
  constructor() {
    super('Organizations use this number, or messages over it are parked. Remove and settle them first.');
  }
}

/** It is no organization of this installation. */
export class UnknownMember extends Invalid {
  readonly code = 'unknown_organization';
  constructor() {
    super('There is no such organization.', {
      fields: [
        {
          field: 'organizationId',
          code: 'unknown',
          message: 'organizationId must be the id of an organization',
        },
      ],
    });
  }
}

/** The organization uses the number already. */
export class MemberAlready extends Conflict {
  readonly code = 'shared_number_member_already';
  constructor() {
    super('This organization uses this number already.');
  }
}

/** The organization does not use the number. */
export class MemberNotFound extends NotFound {
  readonly code = 'shared_number_member_not_found';
  constructor() {
    super('This organization does not use this number.');
  }
}

/** A message can be given to those alone who use the number that it came over. */
export class NotAMemberOfNumber extends Invalid {
  readonly code = 'not_a_member_of_number';
  constructor() {
    super('This organization does not use the number that the message came over.', {
      fields: [
        {
          field: 'organizationId',
          code: 'not_a_member',
          message: 'organizationId must be an organization that uses this number',
        },
      ],
    });
  }
}

/** Nothing with this id is or was parked. */
export class ParkedDeliveryNotFound extends NotFound {
  readonly code = 'parked_delivery_not_found';
  constructor() {
    super('There is no parked message with this id.');
  }
}

/** Somebody was faster, its sender answered, or it expired. */
export class ParkedDeliverySettled extends Conflict {
  readonly code = 'parked_delivery_settled';
  constructor() {
    super('This message is not parked any more.');
  }
}
