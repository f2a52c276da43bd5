import { Injectable } from '@nestjs/common';
import type { FieldError } from '../../../../common/errors';
import { PhoneMappings } from '../../db/mappings/phone-mappings.repository';
import { MappingInvalid, NumberOfAnotherContact } from '../../domain/mappings/mapping-errors';
import { metadataErrors, type MappingValues } from '../../domain/mappings/phone-mapping';

/** Whether a number can be said to be these people's. */
@Injectable()
export class MappingCheck {
  constructor(private readonly mappings: PhoneMappings) {}

  /** Locks the people. Throws `MappingInvalid`, with all that is wrong, and `NumberOfAnotherContact`. */
  async pass(phone: string, values: MappingValues): Promise<void> {
    const { contactId, userId } = values;
    const people = await this.mappings.people(values);
    const errors: FieldError[] = metadataErrors(values.metadata);
    if (contactId === null && userId === null)
      errors.push({ field: 'contactId', code: 'one_of_two', message: 'give contactId or userId' });
    if (contactId !== null && !people.contact) errors.push(unknown('contactId'));
    if (userId !== null && !people.user) errors.push(unknown('userId'));
    if (errors.length > 0) throw new MappingInvalid(errors);
    const bearer = await this.mappings.bearer(phone);
    if (bearer !== undefined && bearer !== contactId) throw new NumberOfAnotherContact(bearer);
  }
}

const unknown = (field: string): FieldError => ({
  field,
  code: 'unknown',
  message: `${field} names nobody here`,
});
