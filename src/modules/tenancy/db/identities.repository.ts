import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Provisioning } from '../domain/external-identity';

/** A user behind an identity. */
export interface IdentifiedRow extends Record<string, unknown> {
  id: Uuid;
  status: string;
}

/** Whether people come into the organization at hand uninvited. */
export interface ProvisioningRow extends Provisioning, Record<string, unknown> {
  status: string;
  version: number;
}

/** Identities of people at providers, and what an organization makes of people whom it does not know. */
@Injectable()
export class IdentitiesRepository {
  constructor(private readonly database: Database) {}

  /** The user who is linked to a provider's subject; needs no organization. */
  async user(issuer: string, subject: string): Promise<IdentifiedRow | undefined> {
    const [row] = await this.database.platform<IdentifiedRow>(
      `SELECT u.id, u.status FROM user_identities i JOIN users u ON u.id = i.user_id
       WHERE i.issuer = $1 AND i.subject = $2`,
      [issuer, subject],
    );
    return row;
  }

  /** Links a subject to a user for good. Returns the link's id; undefined when the subject is linked already. */
  async link(userId: Uuid, issuer: string, subject: string): Promise<Uuid | undefined> {
    const id = newId();
    const made = await this.database.tx.execute(
      `INSERT INTO user_identities (id, user_id, issuer, subject) VALUES ($1, $2, $3, $4)
       ON CONFLICT (issuer, subject) DO NOTHING`,
      [id, userId, issuer, subject],
    );
    return made === 1 ? id : undefined;
  }

  /** Whether a user was removed from the organization at hand. Needs the service role. */
  async wasMember(userId: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one('SELECT 1 FROM former_members WHERE org_id = $1 AND user_id = $2', [
      tx.orgId,
      userId,
    ]);
    return row !== undefined;
  }

  /** The rules of the organization at hand; `lock` keeps them as they are until the transaction ends. */
  provisioning({ lock = false } = {}): Promise<ProvisioningRow | undefined> {
    const { tx } = this.database;
    return tx.one<ProvisioningRow>(
      `SELECT provisioning_role AS role, provisioning_domains AS "emailDomains", status, version
       FROM organizations WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
      [tx.orgId],
    );
  }

  async changeProvisioning({ role, emailDomains }: Provisioning): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      'UPDATE organizations SET provisioning_role = $2, provisioning_domains = $3 WHERE id = $1',
      [tx.orgId, role, emailDomains],
    );
  }
}
