import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';

/** An organization that uses a number. */
export interface SharedNumberMember extends Record<string, unknown> {
  /** Of its membership. */
  readonly id: Uuid;
  readonly organizationId: Uuid;
  readonly name: string;
  readonly locale: string;
  readonly isSuspended: boolean;
  /** False: it sends nothing over the number. */
  readonly isActive: boolean;
  readonly since: Date;
}

/** What opens a number, as it is kept with its owner. */
export interface SharedCredentialsRow extends Record<string, unknown> {
  readonly org_id: Uuid;
  readonly id: Uuid;
  readonly is_active: boolean;
  readonly provider_account_id: string;
  readonly provider_number_id: string | null;
  readonly credentials: string;
  readonly wrapped_key: string;
  readonly master_key_id: string;
}

/** Why an organization did not become one of those who use a number. */
export type MembershipRefusal = 'no_number' | 'no_organization' | 'member_already';

/** Numbers that are shared, and who uses them. What crosses organizations are functions of the database. Needs the service role. */
@Injectable()
export class SharedNumbers {
  constructor(private readonly database: Database) {}

  /** Null when it was added: to a number of the organization at hand. */
  async addMember(
    numberId: Uuid,
    member: { readonly id: Uuid; readonly organizationId: Uuid; readonly connectionId: Uuid },
  ): Promise<MembershipRefusal | null> {
    const row = await this.database.tx.one<{ refusal: MembershipRefusal | null }>(
      'SELECT add_shared_number_member($1, $2, $3, $4) AS refusal',
      [numberId, member.id, member.organizationId, member.connectionId],
    );
    return row?.refusal ?? null;
  }

  /** False when it does not use this number of the organization at hand. */
  async removeMember(numberId: Uuid, organizationId: Uuid): Promise<boolean> {
    const row = await this.database.tx.one<{ was: boolean }>(
      'SELECT remove_shared_number_member($1, $2) AS was',
      [numberId, organizationId],
    );
    return row?.was ?? false;
  }

  /** Who uses a number of the organization at hand, oldest first. */
  members(numberId: Uuid, afterId: string | null, limit: number | null): Promise<SharedNumberMember[]> {
    return this.database.tx.query<SharedNumberMember>(
      `SELECT id, org_id AS "organizationId", name, locale, is_suspended AS "isSuspended", is_active AS "isActive", since
       FROM list_shared_number_members($1) WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $3`,
      [numberId, afterId, limit],
    );
  }

  /** True while organizations use the number or messages over it are parked. */
  async isInUse(numberId: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ used: boolean }>(
      `SELECT EXISTS (SELECT FROM shared_number_members WHERE org_id = $1 AND connection_id = $2)
         OR EXISTS (SELECT FROM parked_deliveries WHERE org_id = $1 AND connection_id = $2 AND settled_at IS NULL) AS used`,
      [tx.orgId, numberId],
    );
    return row?.used ?? false;
  }

  /** What a connection of the organization at hand opens with that stands for a shared number. */
  credentials(connectionId: Uuid): Promise<SharedCredentialsRow | undefined> {
    return this.database.tx.one<SharedCredentialsRow>(
      `SELECT org_id, id, is_active, provider_account_id, provider_number_id, credentials, wrapped_key, master_key_id
       FROM open_shared_credentials($1)`,
      [connectionId],
    );
  }

  /** Who operates the installation, and owns the numbers. Undefined where nobody does. */
  async owner(): Promise<Uuid | undefined> {
    const [row] = await this.database.platform<{ id: Uuid | null }>('SELECT find_platform_owner() AS id');
    return row?.id ?? undefined;
  }
}
