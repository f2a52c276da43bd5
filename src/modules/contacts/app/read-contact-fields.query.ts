import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ContactFieldsRepository, type ContactFieldView } from '../db/contact-fields.repository';
import { ContactFieldNotFound } from '../domain/custom-field-errors';

/** The organization's own fields of contacts. */
@Injectable()
export class ReadContactFields {
  constructor(private readonly fields: ContactFieldsRepository) {}

  /** All of them, at most 50, in the order in which they were made. */
  all(): Promise<ContactFieldView[]> {
    return this.fields.all();
  }

  /** Throws {@link ContactFieldNotFound}. */
  async one(id: Uuid): Promise<ContactFieldView> {
    const field = await this.fields.find(id);
    if (!field) throw new ContactFieldNotFound();
    return field;
  }
}
