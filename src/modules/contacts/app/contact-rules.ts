import { Injectable } from '@nestjs/common';
import { Tenancy } from '../../tenancy';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import type { ContactRules } from '../domain/contact-values';

/** What the organization at hand lays down for its contacts. */
@Injectable()
export class RulesForContacts {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly fields: ContactFieldsRepository,
  ) {}

  /** For a write: until the transaction ends no field is changed or deleted. */
  async forWriting(): Promise<ContactRules> {
    return { defaultCountry: await this.defaultCountry(), fields: await this.fields.lockAll() };
  }

  /** ISO 3166-1 alpha-2: where a number without country code was dialled. */
  defaultCountry(): Promise<string> {
    return this.tenancy.defaultCountry();
  }
}
