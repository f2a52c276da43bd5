import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../context';
import { Database } from '../../database';
import { Clock } from '../../time/clock';
import { CannotDecrypt } from '../cipher';
import { KeyManagement } from '../key-management';
import { keyContext, Vault } from '../vault';
import { OrganizationKeys, type OrganizationKey } from './organization-keys';
import { SealedColumns, type HeldColumn } from './sealed-columns';
import { SealedTexts, type StoredText } from './sealed-texts';

/** Rows that one transaction seals again: their locks are held for some milliseconds. */
const BATCH = 20;
/** A key that nothing is sealed by stays this long: a reader may still hold a text that was replaced a moment ago. */
const LINGERS_MS = 3_600_000;

/** How a step went: what was done, and what does not open and so could not be. */
export interface StepResult {
  readonly done: number;
  readonly failed: readonly string[];
}

/**
 * Exchanges the keys of one organization, in steps that may run at any time, be killed anywhere, run again, and run twice at
 * once: each transaction is short, and changes a row only if it is still as it was read.
 */
@Injectable()
export class KeyRotation {
  constructor(
    private readonly database: Database,
    private readonly management: KeyManagement,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly keys: OrganizationKeys,
    private readonly columns: SealedColumns,
    private readonly texts: SealedTexts,
  ) {}

  /** The data keys of an organization, newest first. */
  keysOf(scope: OrgScope): Promise<OrganizationKey[]> {
    return this.database.runInOrg(scope, () => this.keys.all());
  }

  /**
   * Whether an organization is due for a new data key: an older master key wrapped its newest one, and whoever has that master
   * key has the data key too; or it was made before the time that is named.
   */
  isDue(newest: OrganizationKey | undefined, madeBefore?: Date): boolean {
    if (!newest || !this.management.knows(newest.masterKeyId)) return false;
    const isOutdated = madeBefore !== undefined && newest.createdAt < madeBefore;
    return isOutdated || newest.masterKeyId !== this.management.newest();
  }

  /** Makes a new data key if one is due still; false when it is not. To be done before {@link rewrap}, which hides that it is. */
  renew(scope: OrgScope, madeBefore?: Date): Promise<boolean> {
    return this.database.runInOrg(scope, async () => {
      await this.keys.lock();
      const [newest] = await this.keys.all();
      if (!this.isDue(newest, madeBefore)) return false;
      await this.vault.renewKey();
      return true;
    });
  }

  /** Wraps data keys by the newest master key. */
  async rewrap(scope: OrgScope, keys: readonly OrganizationKey[]): Promise<StepResult> {
    const failed: string[] = [];
    let done = 0;
    for (const key of keys.filter(({ masterKeyId }) => masterKeyId !== this.management.newest()))
      try {
        if (await this.rewrapOne(scope, key)) done++;
      } catch (error) {
        if (!(error instanceof CannotDecrypt)) throw error;
        failed.push(`data key ${key.id}, wrapped by master key ${key.masterKeyId}`);
      }
    return { done, failed };
  }

  /** Seals by the newest data key what an older one sealed. */
  async reseal(scope: OrgScope): Promise<StepResult> {
    const [newest, ...older] = await this.keysOf(scope);
    if (!newest || older.length === 0) return { done: 0, failed: [] };
    const results: StepResult[] = [];
    for (const column of this.columns.all()) results.push(await this.resealColumn(scope, column, newest.id));
    return { done: sum(results.map(({ done }) => done)), failed: results.flatMap(({ failed }) => failed) };
  }

  /** Removes replaced data keys by which nothing has been sealed for an hour. */
  async dropUnused(scope: OrgScope): Promise<number> {
    const [, ...older] = await this.keysOf(scope);
    let dropped = 0;
    for (const key of older) if (await this.database.runInOrg(scope, () => this.dropOne(key))) dropped++;
    return dropped;
  }

  private async rewrapOne(scope: OrgScope, key: OrganizationKey): Promise<boolean> {
    const context = keyContext(scope.orgId, key.id);
    const fresh = await this.management.wrap(context, await this.management.unwrap(context, key));
    return this.database.runInOrg(scope, () => this.keys.rewrap(key, fresh));
  }

  private async resealColumn(scope: OrgScope, column: HeldColumn, newest: Uuid): Promise<StepResult> {
    const failed: string[] = [];
    let done = 0;
    let after: Uuid | null = null;
    for (;;) {
      const batch: { rows: StoredText[]; done: number; failed: string[] } = await this.database.runInOrg(
        scope,
        () => this.resealBatch(scope, column, newest, after),
      );
      done += batch.done;
      failed.push(...batch.failed);
      after = batch.rows.at(-1)?.id ?? null;
      if (batch.rows.length < BATCH) return { done, failed };
    }
  }

  private async resealBatch(scope: OrgScope, column: HeldColumn, newest: Uuid, after: Uuid | null) {
    const rows = await this.texts.notBy(newest, column, after, BATCH);
    const failed: string[] = [];
    let done = 0;
    for (const row of rows)
      try {
        if (await this.resealOne(scope, column, row)) done++;
      } catch (error) {
        if (!(error instanceof CannotDecrypt)) throw error;
        failed.push(`${column.table}.${column.column} of ${row.id}`);
      }
    return { rows, done, failed };
  }

  private async resealOne(scope: OrgScope, column: HeldColumn, row: StoredText): Promise<boolean> {
    const place = { table: column.table, column: column.column, row: row.id };
    const fresh = await this.vault.seal(place, await this.vault.open(place, row.text));
    if (!(await this.texts.exchange(column, row, fresh))) return false;
    await column.holder.noteResealed?.(scope, row.id);
    return true;
  }

  private async dropOne({ id, unusedSince }: OrganizationKey): Promise<boolean> {
    for (const column of this.columns.all())
      if (await this.texts.isAnyBy(id, column)) {
        if (unusedSince) await this.keys.noteUnused(id, null);
        return false;
      }
    const now = this.clock.now();
    if (!unusedSince) await this.keys.noteUnused(id, now);
    else if (now.getTime() - unusedSince.getTime() >= LINGERS_MS) {
      await this.keys.remove(id);
      return true;
    }
    return false;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
