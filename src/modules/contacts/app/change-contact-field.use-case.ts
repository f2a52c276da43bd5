import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import {
  ContactFieldsRepository,
  type ContactFieldView,
  type FieldChange,
} from '../db/contact-fields.repository';
import { ContactFieldNotFound } from '../domain/custom-field-errors';
import { checkOptions } from '../domain/field-definition';

/** Renames a field, changes what a choice can be, or whether it is required. Values that are there stay as they are. */
@Injectable()
export class ChangeContactField {
  constructor(private readonly fields: ContactFieldsRepository) {}

  /** Throws `ContactFieldNotFound`, `StaleVersion` and `ContactFieldInvalid`. */
  async execute(id: Uuid, change: FieldChange, ifMatch: number | undefined): Promise<ContactFieldView> {
    const field = await this.fields.lock(id);
    if (!field) throw new ContactFieldNotFound();
    checkVersion(field.version, ifMatch);
    const options = change.options && checkOptions(field.type, change.options);
    return this.fields.change(id, { ...change, ...(options ? { options } : {}) });
  }
}
