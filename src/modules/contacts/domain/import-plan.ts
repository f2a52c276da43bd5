import { newId, type Uuid } from '../../../common/context';
import type { FieldError } from '../../../common/errors';
import type { ContactRules } from './contact-values';
import { isSame, merged, newContact, type ImportedContact, type Merged } from './imported-contact';
import type { ReadRow, RowConsent } from './import-row';
import { becameHot } from './lead';

/** How many rows came to what. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  /** What they say was so already. */
  readonly unchanged: number;
  readonly failed: number;
}

export interface RowError extends FieldError {
  readonly line: number;
}

/** Consent of a person, to be recorded. */
export interface PlannedConsent extends RowConsent {
  readonly contactId: Uuid;
  readonly phone: string;
  readonly line: number;
}

/**
 * What a batch of rows comes to, one row after the other: a row meets what the rows before it left. The person is found by
 * phone, else by email where exactly one contact has it and its phone, if any, is no other one: people share mailboxes.
 */
export class ImportPlan {
  private readonly contacts = new Map<Uuid, ImportedContact>();
  private readonly before = new Map<Uuid, ImportedContact>();
  private readonly byPhone = new Map<string, Uuid>();
  private readonly byEmail = new Map<string, Set<Uuid>>();
  readonly counts = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  readonly errors: RowError[] = [];
  readonly consent: PlannedConsent[] = [];

  /** `known`: every contact that has a phone or an email of these rows. */
  constructor(
    known: readonly ImportedContact[],
    private readonly rules: ContactRules,
  ) {
    for (const contact of known) {
      this.before.set(contact.id, contact);
      this.keep(contact);
    }
    for (const { id, formerPhones } of known)
      for (const phone of formerPhones) if (!this.byPhone.has(phone)) this.byPhone.set(phone, id);
  }

  /** Works off one row. */
  add(row: ReadRow): void {
    const found = row.errors.length > 0 ? { errors: row.errors } : this.find(row);
    const next = 'errors' in found ? found : this.merge(row, found.id);
    if ('errors' in next) {
      this.fail(row, next.errors);
      return;
    }
    const { contact } = next;
    // Consent belongs to the number that it was given for, which may be a former one.
    const phone = row.change.phone ?? contact.phone;
    if (row.consent.length > 0 && phone === null) {
      this.fail(row, [
        { field: 'phone', code: 'consent_without_phone', message: 'consent needs a phone to belong to' },
      ]);
      return;
    }
    const old = this.contacts.get(contact.id);
    if (!old) this.counts.created++;
    else if (isSame(old, contact)) this.counts.unchanged++;
    else this.counts.updated++;
    this.keep(contact);
    for (const consent of row.consent)
      this.consent.push({ ...consent, contactId: contact.id, phone: phone ?? '', line: row.line });
  }

  /** Contacts that were not there before. */
  get created(): ImportedContact[] {
    return [...this.contacts.values()].filter(({ id }) => !this.before.has(id));
  }

  /** Contacts that are no longer what they were. */
  get updated(): ImportedContact[] {
    return [...this.contacts.values()].filter((contact) => {
      const before = this.before.get(contact.id);
      return before !== undefined && !isSame(before, contact);
    });
  }

  /** Whose score tells the team to act from now on. */
  get becameHot(): Uuid[] {
    return [...this.contacts.values()]
      .filter(({ id, leadScore }) => becameHot(this.before.get(id)?.leadScore ?? null, leadScore))
      .map(({ id }) => id);
  }

  private find({ change: { phone, email } }: ReadRow): { id: Uuid | undefined } | { errors: FieldError[] } {
    const byPhone = phone ? this.byPhone.get(phone) : undefined;
    if (byPhone) return { id: byPhone };
    const sharing = email ? [...(this.byEmail.get(email) ?? [])] : [];
    const candidates = phone ? sharing.filter((id) => this.contacts.get(id)?.phone === null) : sharing;
    if (candidates.length > 1)
      return {
        errors: [{ field: 'email', code: 'ambiguous_email', message: 'several contacts have this email' }],
      };
    return { id: candidates[0] };
  }

  private merge({ change }: ReadRow, id: Uuid | undefined): Merged {
    const contact = id && this.contacts.get(id);
    return contact ? merged(contact, change) : newContact(newId(), change, this.rules.fields);
  }

  private keep(contact: ImportedContact): void {
    const old = this.contacts.get(contact.id);
    if (old?.email) this.byEmail.get(old.email)?.delete(contact.id);
    this.contacts.set(contact.id, contact);
    if (contact.phone) this.byPhone.set(contact.phone, contact.id);
    if (!contact.email) return;
    const sharing = this.byEmail.get(contact.email) ?? new Set();
    this.byEmail.set(contact.email, sharing.add(contact.id));
  }

  private fail({ line }: ReadRow, errors: readonly FieldError[]): void {
    this.counts.failed++;
    for (const error of errors) this.errors.push({ line, ...error });
  }
}
