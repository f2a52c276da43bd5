import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../context';
import { Database } from '../../database';
import type { WrappedKey } from '../key-management';

/** A data key of the organization at hand, wrapped. */
export interface OrganizationKey extends WrappedKey {
  readonly id: Uuid;
  readonly createdAt: Date;
  /** Since when it is known that nothing is sealed by it. */
  readonly unusedSince: Date | null;
}

/** What is wrapped by one master key, over all organizations. */
export interface MasterKeyFigures {
  readonly masterKeyId: string;
  readonly dataKeys: number;
  readonly organizations: number;
  /** Data keys among them that a newer one has replaced. */
  readonly replaced: number;
  /** Those of the replaced by which something may still be sealed. */
  readonly sealing: number;
}

/** The data keys of organizations. Needs the service role. */
@Injectable()
export class OrganizationKeys {
  constructor(private readonly database: Database) {}

  /** Those of the organization at hand, newest first. */
  async all(): Promise<OrganizationKey[]> {
    const { tx } = this.database;
    return tx.query<OrganizationKey & Record<string, unknown>>(
      `SELECT id, wrapped_key AS "wrappedKey", master_key_id AS "masterKeyId", created_at AS "createdAt",
         unused_since AS "unusedSince" FROM organization_keys WHERE org_id = $1 ORDER BY id DESC`,
      [tx.orgId],
    );
  }

  /** Lets one process at a time make keys of the organization at hand, until the transaction ends. */
  async lock(): Promise<void> {
    const { tx } = this.database;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`data-key:${tx.orgId}`]);
  }

  /** Wraps a key anew; false when somebody else did so meanwhile. */
  async rewrap({ id, wrappedKey: old }: OrganizationKey, fresh: WrappedKey): Promise<boolean> {
    const { tx } = this.database;
    const changed = await tx.execute(
      `UPDATE organization_keys SET wrapped_key = $4, master_key_id = $5
       WHERE org_id = $1 AND id = $2 AND wrapped_key = $3`,
      [tx.orgId, id, old, fresh.wrappedKey, fresh.masterKeyId],
    );
    return changed === 1;
  }

  /** Notes since when nothing is sealed by a key; null: something is, after all. */
  async noteUnused(id: Uuid, since: Date | null): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE organization_keys SET unused_since = $3 WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      id,
      since,
    ]);
  }

  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('DELETE FROM organization_keys WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  /** Ids of organizations in their own order, after the one named; needs no organization. */
  async organizationsAfter(after: Uuid | null, limit: number): Promise<Uuid[]> {
    const rows = await this.database.platform<{ id: Uuid }>(
      'SELECT id FROM list_organization_ids($1, $2) AS id',
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Organizations some of whose keys were replaced; needs no organization. */
  async organizationsWithOldKeys(): Promise<Uuid[]> {
    const rows = await this.database.platform<{ id: Uuid }>(
      'SELECT id FROM list_organizations_with_old_keys() AS id',
    );
    return rows.map(({ id }) => id);
  }

  /** By master key; needs no organization. */
  async figures(): Promise<MasterKeyFigures[]> {
    const rows = await this.database.platform<
      Record<'id' | 'keys' | 'orgs' | 'replaced' | 'sealing', string>
    >(
      'SELECT master_key_id AS id, data_keys AS keys, organizations AS orgs, replaced, sealing FROM master_key_figures()',
    );
    return rows.map(({ id, keys, orgs, replaced, sealing }) => ({
      masterKeyId: id,
      dataKeys: Number(keys),
      organizations: Number(orgs),
      replaced: Number(replaced),
      sealing: Number(sealing),
    }));
  }
}
