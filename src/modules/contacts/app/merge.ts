import type { Uuid } from '../../../common/context';
import type { Counts } from '../domain/contact-data';
import type { Choices, MergeConflict } from '../domain/merge-rules';

/** Which two contacts become one. */
export interface Merge {
  /** The contact that stays. */
  readonly into: Uuid;
  readonly from: Uuid;
  readonly keep: Choices;
  /** Do it, tell what it came to, and undo it. */
  readonly dryRun: boolean;
}

/** What a merge came to, or would. */
export interface MergeOutcome {
  readonly contactId: Uuid;
  readonly mergedId: Uuid;
  readonly dryRun: boolean;
  /** How many of what moved. */
  readonly moved: Counts;
  readonly conflicts: readonly MergeConflict[];
}
