import { Injectable } from '@nestjs/common';
import { ContactFieldsRepository, type ContactFieldView } from '../db/contact-fields.repository';
import type { CustomField } from '../domain/custom-field';
import { TooManyFields } from '../domain/custom-field-errors';
import { checkOptions, MAX_FIELDS } from '../domain/field-definition';

/** Gives the organization's contacts a field of its own. */
@Injectable()
export class CreateContactField {
  constructor(private readonly fields: ContactFieldsRepository) {}

  /** Throws `ContactFieldInvalid`, `FieldKeyTaken` and `TooManyFields`. */
  async execute(field: CustomField): Promise<ContactFieldView> {
    const options = checkOptions(field.type, field.options);
    if ((await this.fields.countLocked()) >= MAX_FIELDS) throw new TooManyFields(MAX_FIELDS);
    return this.fields.insert({ ...field, options });
  }
}
