import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { AuditTrail } from '../../audit';
import { ContactRecords } from '../db/contact-records.repository';
import { ContactBecameHot } from '../domain/contact-became-hot';
import type { Counts } from '../domain/contact-data';
import { ContactsMerged } from '../domain/contacts-merged';
import { becameHot } from '../domain/lead';
import { checkSize, merged } from '../domain/merge-rules';
import { MergeSourceNotFound, MergeWithItself } from '../domain/privacy-errors';
import { ContactDataHolders } from './contact-data-holders';
import { GoneContacts } from './gone-contacts';
import type { Merge, MergeOutcome } from './merge';

/** Makes one contact of two: what was said, consented and recorded moves along; the one that goes leaves its id. */
@Injectable()
export class MergeContacts {
  constructor(
    private readonly database: Database,
    private readonly records: ContactRecords,
    private readonly gone: GoneContacts,
    private readonly holders: ContactDataHolders,
    private readonly trail: AuditTrail,
    private readonly events: EventBus,
  ) {}

  /** Throws `MergeWithItself`, `ContactNotFound`, `ContactMerged`, `MergeSourceNotFound`, `UnderLegalHold`, `ErasureRunning`, `MergeTooLarge`. */
  execute(merge: Merge): Promise<MergeOutcome> {
    if (merge.from === merge.into) throw new MergeWithItself();
    return merge.dryRun ? this.records.rehearse(() => this.merge(merge)) : this.merge(merge);
  }

  private async merge({ into, from, keep, dryRun }: Merge): Promise<MergeOutcome> {
    const locked = new Map((await this.records.lock([into, from])).map((contact) => [contact.id, contact]));
    const [target, source] = [locked.get(into), locked.get(from)];
    if (!target) throw await this.gone.reason(into);
    if (!source) throw new MergeSourceNotFound();
    await this.gone.refuseHeld(from);
    await this.gone.refuseErasing([into, from]);
    const { contact, conflicts } = merged(target, source, keep);
    checkSize(contact);

    let moved: Counts = {};
    for (const holder of this.holders.all()) moved = { ...moved, ...(await holder.move(from, into)) };
    const former = [target.phone, source.phone].find((phone) => phone !== null && phone !== contact.phone);
    await this.records.buryMerged(from, into, former ?? null);
    await this.records.remove(from);
    await this.records.save(into, contact);
    const { orgId, scope } = this.database.tx;
    await this.trail.record({
      eventType: 'contacts.merge',
      operation: 'MERGE',
      orgId,
      actor: scope.actor,
      tableName: 'contacts',
      recordId: into,
      new: { from, moved },
    });
    if (becameHot(target.leadScore, contact.leadScore))
      await this.events.publish(new ContactBecameHot({ orgId, contactId: into }));
    await this.events.publish(new ContactsMerged({ orgId, contactId: into, mergedId: from }));
    return { contactId: into, mergedId: from, dryRun, moved, conflicts };
  }
}
