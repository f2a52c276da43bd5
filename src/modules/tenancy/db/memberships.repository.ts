import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Role } from '../domain/roles';

/** A member, as other members see them. */
export interface MemberView {
  userId: Uuid;
  email: string;
  firstName: string;
  lastName: string;
  role: Role;
  status: string;
  joinedAt: Date;
  lastSignInAt: Date | null;
  version: number;
}

/** The same with the membership's own id, by which the list goes on. */
export interface MemberRow extends MemberView, Record<string, unknown> {
  membershipId: Uuid;
}

/** Sign-ins are those to this organization: when someone signed in elsewhere is nobody's business here. */
const MEMBERS = `
  SELECT m.id AS "membershipId", m.user_id AS "userId", u.email, u.first_name AS "firstName", u.last_name AS "lastName",
    m.role, u.status, m.created_at AS "joinedAt", m.version, m.last_sign_in_at AS "lastSignInAt"
  FROM memberships m JOIN users u ON u.id = m.user_id
  WHERE m.org_id = $1`;

/** Memberships of the organization at hand; works as the service role, since it shows people. */
@Injectable()
export class MembershipsRepository {
  constructor(private readonly database: Database) {}

  /** Members in the order in which they joined: ids are made in the order of time. */
  list(afterId: string | null, limit: number): Promise<MemberRow[]> {
    const { tx } = this.database;
    return tx.query<MemberRow>(`${MEMBERS} AND ($2::uuid IS NULL OR m.id > $2) ORDER BY m.id LIMIT $3`, [
      tx.orgId,
      afterId,
      limit,
    ]);
  }

  /** One member. */
  find(userId: Uuid): Promise<MemberRow | undefined> {
    const { tx } = this.database;
    return tx.one<MemberRow>(`${MEMBERS} AND m.user_id = $2`, [tx.orgId, userId]);
  }

  /**
   * Lets one change of members come after the other, in this organization. Without it two owners could demote each other
   * at once: neither sees what the other is about to do.
   */
  async lock(): Promise<void> {
    const { tx } = this.database;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`memberships:${tx.orgId}`]);
  }

  /** What a user is here; undefined when they are no member. */
  async roleOf(userId: Uuid): Promise<Role | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ role: Role }>(
      'SELECT role FROM memberships WHERE org_id = $1 AND user_id = $2',
      [tx.orgId, userId],
    );
    return row?.role;
  }

  async countOwners(): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ owners: number }>(
      `SELECT count(*)::int AS owners FROM memberships WHERE org_id = $1 AND role = 'owner'`,
      [tx.orgId],
    );
    return row?.owners ?? 0;
  }

  /** Mail addresses of owners who are not disabled, in the order in which they joined. */
  async ownerAddresses(): Promise<string[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ email: string }>(
      `SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.org_id = $1 AND m.role = 'owner' AND u.status = 'active' ORDER BY m.id`,
      [tx.orgId],
    );
    return rows.map(({ email }) => email);
  }

  async changeRole(userId: Uuid, role: Role): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE memberships SET role = $3 WHERE org_id = $1 AND user_id = $2', [
      tx.orgId,
      userId,
      role,
    ]);
  }

  async remove(userId: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('DELETE FROM memberships WHERE org_id = $1 AND user_id = $2', [tx.orgId, userId]);
  }
}
