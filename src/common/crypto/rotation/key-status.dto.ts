/** A master key by its name, and what it is needed for. */
export class MasterKeyStatusDto {
  /** Its id in `MASTER_KEYS`. @example "2026-01" */
  masterKeyId!: string;
  /** The first in `MASTER_KEYS`, which wraps. @example true */
  isNewest!: boolean;
  /** Whether it is in `MASTER_KEYS`. @example true */
  isKnown!: boolean;
  /** Whether data keys are wrapped by it; then it may not be removed. @example true */
  isNeeded!: boolean;
  /** Data keys that it wraps. @example 120 */
  dataKeys!: number;
  /** Organizations that these belong to. @example 118 */
  organizations!: number;
  /** Those that newer data keys have replaced. @example 2 */
  replaced!: number;
  /** Those of the replaced by which something may still be sealed. @example 0 */
  sealing!: number;
}

/** How far a rotation of keys is. */
export class KeyStatusDto {
  /** The newest, and all that are needed. */
  masterKeys!: MasterKeyStatusDto[];
  /** Data keys that newer ones have replaced; they go an hour after nothing is sealed by them any more. @example 2 */
  replacedDataKeys!: number;
  /** Those of them by which something may still be sealed. @example 0 */
  sealingDataKeys!: number;
  /** true: the newest master key wraps every data key, and nothing is sealed by a data key that was replaced. @example true */
  isComplete!: boolean;
}
