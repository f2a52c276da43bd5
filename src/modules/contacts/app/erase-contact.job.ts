import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { JobHandler, JobQueue, type HandlesJob } from '../../../common/jobs';
import { Clock } from '../../../common/time/clock';
import { ContactRecords } from '../db/contact-records.repository';
import { ErasuresRepository } from '../db/erasures.repository';
import type { InOrg } from '../domain/contact-data';
import { ContactDataHolders } from './contact-data-holders';
import { FilesInErasure } from './files-in-erasure';
import { ERASE_CONTACT, type EraseContactPayload } from './request-erasure.use-case';

/** How long it waits for an import before it looks again. */
const IMPORT_MS = 30_000;

/**
 * Forgets a person: first the bulk, in short transactions, while the contact is still there; then, with the contact locked,
 * what is left and the contact itself, in one. Until that last commit all that is needed to begin again is where it was; after
 * it the person is unknown, and whoever writes from the same number is somebody new. Waits while an import runs, which could
 * bring them back.
 */
@Injectable()
@JobHandler({ name: ERASE_CONTACT, transaction: 'own' })
export class EraseContact implements HandlesJob<EraseContactPayload> {
  constructor(
    private readonly database: Database,
    private readonly holders: ContactDataHolders,
    private readonly records: ContactRecords,
    private readonly erasures: ErasuresRepository,
    private readonly files: FilesInErasure,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  async handle({ orgId, requestId, contactId }: EraseContactPayload): Promise<void> {
    const scope = systemScope(asUuid(orgId), asUuid(requestId));
    const inOrg: InOrg = (work) => this.database.runInOrg(scope, work);
    if (await inOrg(() => this.isPutOff(contactId))) return;
    const since = this.clock.now();
    const subject = await inOrg(() => this.holders.subject(contactId));
    for (const holder of this.holders.all()) await holder.eraseAhead(subject, inOrg);
    await inOrg(() => this.finish(contactId, since));
  }

  private async finish(contactId: Uuid, since: Date): Promise<void> {
    // Files before contacts, as imports lock them.
    if (await this.isPutOff(contactId)) return;
    if ((await this.records.lock([contactId])).length === 0) return;
    // Asked again: they may have written from another number meanwhile.
    const subject = await this.holders.subject(contactId);
    for (const holder of this.holders.all()) await holder.erase(subject, since);
    const at = this.clock.now();
    await this.records.buryErased(contactId, at);
    await this.records.remove(contactId);
    await this.erasures.finish(contactId, at);
  }

  private async isPutOff(contactId: Uuid): Promise<boolean> {
    if (await this.files.clear()) return false;
    const runAt = new Date(this.clock.now().getTime() + IMPORT_MS);
    await this.queue.enqueue(ERASE_CONTACT, { contactId }, { key: `erase:${contactId}`, runAt });
    return true;
  }
}
