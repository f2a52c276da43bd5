import type { Permission } from '../../../common/auth';
import type { Uuid } from '../../../common/context';

/** A person, as modules know them. */
export interface DataSubject {
  readonly contactId: Uuid;
  /** Everything they are reached at: E.164 numbers and WhatsApp ids. None of it is another contact's as well. */
  readonly addresses: readonly string[];
}

/** How many of what; for the answer to a merge. */
export type Counts = Readonly<Record<string, number>>;

/** One row of an export, and where it stands in its section. */
export type ExportRow = Readonly<Record<string, unknown>> & { readonly position: string };

/** Some rows, and the position that more are looked for after; null when that was the end. There can be none, and more. */
export interface ExportPage {
  readonly rows: readonly ExportRow[];
  readonly next: string | null;
}

/** A page of at most `limit` rows that were read as far as there are any. */
export function exportPage(rows: readonly ExportRow[], limit: number): ExportPage {
  return { rows, next: rows.length < limit ? null : (rows.at(-1)?.position ?? null) };
}

/** One table of what is held on a person. */
export interface ExportSection {
  /** Name of its files, in kebab-case. */
  readonly name: string;
  /** The rows after `position`, null for the first page, in the order of their positions; in the transaction at hand. */
  page(subject: DataSubject, position: string | null, limit: number): Promise<ExportPage>;
}

/** A file of what is held on a person, in the place of a row. */
export interface ExportedFile {
  /** A name for it, unique in the export. */
  readonly name: string;
  /** Called when it is its turn, outside of any transaction. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** The files of some rows, as {@link ExportPage}. */
export interface FilePage {
  readonly files: readonly ExportedFile[];
  readonly next: string | null;
}

/**
 * What a module adds to the timeline: a SELECT of `at`, `type`, `id` and `detail` (jsonb), newest first, which takes $1 the
 * contact, ($2, $3) the time and id that it stays before, $4 how many rows at most. Each finds its rows by an index.
 */
export interface TimelinePart {
  readonly type: string;
  /** What one must be allowed to read to see these. */
  readonly permission: Permission;
  readonly sql: string;
  /** What is shown of a `detail`, where that is not all of it as it is. */
  readonly show?: (detail: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/**
 * Port for every module that keeps something about contacts: what it does when two become one, when the person asks what is
 * known of them, and when they are to be forgotten. Marked by `@HoldsContactData`; what no module answers for fails a test.
 */
export interface ContactDataHolder {
  readonly timeline: readonly TimelinePart[];
  readonly sections: readonly ExportSection[];
  /** Files after `position`, as a section's rows. */
  files?(subject: DataSubject, position: string | null, limit: number): Promise<FilePage>;
  /** Where the module reaches the contact. In the transaction at hand, as are all but {@link eraseAhead}. */
  addressesOf(contactId: Uuid): Promise<string[]>;
  /** Hands everything of one contact to another. Both are locked. */
  move(from: Uuid, into: Uuid): Promise<Counts>;
  /**
   * Removes the bulk while the contact is still there and may be written to: in short transactions of its own, each by
   * `inOrg`. Can be begun again at any point.
   */
  eraseAhead(subject: DataSubject, inOrg: InOrg): Promise<void>;
  /** Removes the rest, in one transaction with the contact, which is locked. `since`: when the run began. */
  erase(subject: DataSubject, since: Date): Promise<void>;
}

/** Runs work in one transaction of the organization. */
export type InOrg = <T>(work: () => Promise<T>) => Promise<T>;
