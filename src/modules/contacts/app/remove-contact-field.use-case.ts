import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { checkVersion } from '../../../common/http';
import { JobQueue } from '../../../common/jobs';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import { ContactFieldNotFound } from '../domain/custom-field-errors';

/** Takes a field away; a job takes the values that contacts have. */
@Injectable()
export class RemoveContactField {
  constructor(
    private readonly database: Database,
    private readonly fields: ContactFieldsRepository,
    private readonly jobs: JobQueue,
  ) {}

  /** Throws `ContactFieldNotFound` and `StaleVersion`. */
  async execute(id: Uuid, ifMatch: number | undefined): Promise<void> {
    const field = await this.fields.lock(id);
    if (!field) throw new ContactFieldNotFound();
    checkVersion(field.version, ifMatch);
    await this.fields.markRemoved(id);
    await this.jobs.enqueue('contacts.remove-field-values', {
      orgId: this.database.tx.orgId,
      fieldId: id,
    });
  }
}
