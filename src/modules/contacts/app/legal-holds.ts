import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { LegalHoldsRepository, type LegalHoldRow } from '../db/legal-holds.repository';
import { LegalHoldExists, LegalHoldNotFound } from '../domain/privacy-errors';
import { GoneContacts } from './gone-contacts';

export type LegalHoldView = LegalHoldRow;

/** Holds that keep a contact from being erased or merged away. */
@Injectable()
export class LegalHolds {
  constructor(
    private readonly gone: GoneContacts,
    private readonly holds: LegalHoldsRepository,
  ) {}

  /** Throws `LegalHoldNotFound`, also for a contact that is not there. */
  async read(contactId: Uuid): Promise<LegalHoldView> {
    const hold = await this.holds.find(contactId);
    if (!hold) throw new LegalHoldNotFound();
    return hold;
  }

  /** Throws `ContactNotFound`, `ContactMerged`, `LegalHoldExists` and `ErasureRunning`. */
  async place(contactId: Uuid, reason: string): Promise<LegalHoldView> {
    await this.gone.lock(contactId);
    await this.gone.refuseErasing([contactId]);
    if (await this.holds.find(contactId)) throw new LegalHoldExists();
    return this.holds.insert(contactId, reason);
  }

  /** Throws `LegalHoldNotFound`. */
  async lift(contactId: Uuid): Promise<void> {
    if (!(await this.holds.remove(contactId))) throw new LegalHoldNotFound();
  }
}
