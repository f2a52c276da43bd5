import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import type { NotFound } from '../../../common/errors';
import { ContactRecords } from '../db/contact-records.repository';
import { ErasuresRepository } from '../db/erasures.repository';
import { LegalHoldsRepository } from '../db/legal-holds.repository';
import { ContactNotFound } from '../domain/errors';
import { ContactMerged, ErasureRunning, UnderLegalHold } from '../domain/privacy-errors';

/** Contacts that are not there, and what keeps one from going. */
@Injectable()
export class GoneContacts {
  constructor(
    private readonly records: ContactRecords,
    private readonly holds: LegalHoldsRepository,
    private readonly erasures: ErasuresRepository,
  ) {}

  /** Why a contact is not there. That one was erased is not told: it is as if it had never been. */
  async reason(id: Uuid): Promise<NotFound> {
    const tombstone = await this.records.tombstone(id);
    return tombstone?.merged_into ? new ContactMerged(tombstone.merged_into) : new ContactNotFound();
  }

  /** Locks one contact. Throws as {@link reason} says. */
  async lock(id: Uuid): Promise<void> {
    if ((await this.records.lock([id])).length === 0) throw await this.reason(id);
  }

  /** Throws `UnderLegalHold`. The contact is locked. */
  async refuseHeld(id: Uuid): Promise<void> {
    if (await this.holds.find(id)) throw new UnderLegalHold();
  }

  /** Throws `ErasureRunning`. The contacts are locked. */
  async refuseErasing(ids: readonly Uuid[]): Promise<void> {
    if (await this.erasures.anyRunning(ids)) throw new ErasureRunning();
  }
}
