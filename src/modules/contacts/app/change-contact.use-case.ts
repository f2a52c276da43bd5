import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { checkVersion } from '../../../common/http';
import { ContactBook, type LockedContact } from '../db/contact-book.repository';
import { ContactRecords } from '../db/contact-records.repository';
import { ContactBecameHot } from '../domain/contact-became-hot';
import type { ContactView } from '../domain/contact-list';
import { checkContactChange, type ContactChange, type ContactInput } from '../domain/contact-values';
import type { CustomValue, CustomValues } from '../domain/custom-field';
import { becameHot, checkLeadMove } from '../domain/lead';
import { RulesForContacts } from './contact-rules';
import { GoneContacts } from './gone-contacts';

/** Changes what the staff know of a contact. */
@Injectable()
export class ChangeContact {
  constructor(
    private readonly database: Database,
    private readonly book: ContactBook,
    private readonly records: ContactRecords,
    private readonly rules: RulesForContacts,
    private readonly gone: GoneContacts,
    private readonly events: EventBus,
  ) {}

  /**
   * Changes what is given and nothing else. Throws `ContactNotFound`, `ContactMerged`, `StaleVersion`, `ContactInvalid`, which names every
   * field that is not right, `LeadMoveRefused` and `PhoneTaken`.
   */
  async execute(id: Uuid, input: ContactInput, ifMatch: number | undefined): Promise<ContactView> {
    // Fields before contacts, as whoever takes away a field does.
    const rules = await this.rules.forWriting();
    const before = await this.book.lock(id);
    if (!before) throw await this.gone.reason(id);
    checkVersion(before.version, ifMatch);
    const change = checkContactChange(input, rules);
    const contact = await this.book.change(id, {
      ...change,
      ...moved(before, change),
      ...(change.customFields ? { customFields: merged(before.customFields, change.customFields) } : {}),
    } as Parameters<ContactBook['change']>[1]);
    if (change.phone) await this.records.forgetLead(change.phone);
    if (change.leadScore !== undefined && becameHot(before.leadScore, change.leadScore))
      await this.events.publish(new ContactBecameHot({ orgId: this.database.tx.orgId, contactId: id }));
    return contact;
  }
}

/** A reason is that of the present status: another status without one has none. Throws `LeadMoveRefused`. */
function moved(
  { leadStatus }: LockedContact,
  change: ContactChange,
): Pick<ContactChange, 'leadStatusReason'> {
  if (change.leadStatus === undefined || checkLeadMove(leadStatus, change.leadStatus) === 'none') return {};
  return { leadStatusReason: change.leadStatusReason ?? null };
}

function merged(before: CustomValues, change: Readonly<Record<string, CustomValue | null>>): CustomValues {
  const values = Object.entries({ ...before, ...change });
  return Object.fromEntries(values.filter((entry): entry is [string, CustomValue] => entry[1] !== null));
}
