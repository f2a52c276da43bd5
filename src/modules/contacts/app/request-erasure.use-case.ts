import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue, type OrgJobPayload } from '../../../common/jobs';
import { ErasuresRepository, type ErasureRow } from '../db/erasures.repository';
import type { ErasureReason } from '../domain/erasure';
import { ErasureNotFound } from '../domain/privacy-errors';
import { GoneContacts } from './gone-contacts';

export const ERASE_CONTACT = 'contacts.erase';

export interface EraseContactPayload extends OrgJobPayload {
  readonly contactId: Uuid;
}

export type ErasureView = ErasureRow;

/** Has a person forgotten, by a job: there may be much to take away. */
@Injectable()
export class RequestErasure {
  constructor(
    private readonly gone: GoneContacts,
    private readonly erasures: ErasuresRepository,
    private readonly queue: JobQueue,
  ) {}

  /** Asked again, it answers how far it is. Throws `ContactNotFound`, `ContactMerged` and `UnderLegalHold`. */
  async execute(contactId: Uuid, reason: ErasureReason): Promise<ErasureView> {
    const known = await this.erasures.find(contactId);
    if (known) return known;
    await this.gone.lock(contactId);
    // Two at once: the second one waited for the lock.
    const first = await this.erasures.find(contactId);
    if (first) return first;
    await this.gone.refuseHeld(contactId);
    await this.erasures.insert(contactId, reason);
    await this.queue.enqueue(ERASE_CONTACT, { contactId }, { key: `erase:${contactId}` });
    return this.status(contactId);
  }

  /** How far it is. Throws `ErasureNotFound`. */
  async status(contactId: Uuid): Promise<ErasureView> {
    const erasure = await this.erasures.find(contactId);
    if (!erasure) throw new ErasureNotFound();
    return erasure;
  }
}
