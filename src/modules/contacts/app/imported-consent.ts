import type { Uuid } from '../../../common/context';
import type { ConsentChannel, ImportedPurpose } from '../domain/import-row';

/** What a row of a file says about consent. */
export interface ConsentStatement {
  readonly contactId: Uuid;
  /** E.164. */
  readonly phone: string;
  readonly channel: ConsentChannel;
  readonly purpose: ImportedPurpose;
  readonly action: 'opt_in' | 'opt_out';
  /** When the person said so, not when the file was imported: a later word of theirs stands. */
  readonly at: Date;
  readonly evidence: {
    readonly importId: Uuid;
    readonly line: number;
    /** The wording that the person agreed to. */
    readonly wording?: string;
    /** Where it was given: a form, a page, a paper. */
    readonly source?: string;
  };
}

/** Port: takes imported consent into the ledger, in the transaction at hand. A module above implements it. */
export abstract class ImportedConsent {
  /** Records each statement once; said again by the same line of the same import, it has no further effect. */
  abstract record(statements: readonly ConsentStatement[]): Promise<void>;
}
