import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../common/jobs';
import { ContactFieldsRepository } from '../db/contact-fields.repository';

const BATCH = 1_000;

/**
 * Takes the values of a field that was removed from all contacts, a batch and a commit at a time, and then the field: until
 * then nobody can make another one with its key. Goes on where it was interrupted.
 */
@Injectable()
@JobHandler({ name: 'contacts.remove-field-values', transaction: 'own' })
export class RemoveFieldValues implements HandlesJob<OrgJobPayload & { readonly fieldId: string }> {
  constructor(
    private readonly database: Database,
    private readonly fields: ContactFieldsRepository,
  ) {}

  async handle({ orgId, requestId, fieldId }: OrgJobPayload & { readonly fieldId: string }): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const id = asUuid(fieldId);
    let more = true;
    while (more) more = await this.database.runInOrg(scope, () => this.removeBatch(id));
  }

  /** False when there is nothing left, the field included. */
  private async removeBatch(id: ReturnType<typeof asUuid>): Promise<boolean> {
    const key = await this.fields.removedKey(id);
    if (key === undefined) return false;
    if ((await this.fields.removeValues(key, BATCH)) > 0) return true;
    await this.fields.delete(id);
    return false;
  }
}
