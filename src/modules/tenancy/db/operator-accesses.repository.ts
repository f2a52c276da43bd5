import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Role } from '../domain/roles';

/** An access, as the organization that was opened sees it. */
export interface OperatorAccessRow extends Record<string, unknown> {
  id: Uuid;
  operatorId: Uuid;
  reason: string;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  endedBy: Uuid | null;
}

/** What an operator's token for another organization is worth at this moment. */
export interface OperatorAccessState extends Record<string, unknown> {
  userId: Uuid;
  /** The session lives, and its user is not disabled. */
  isSignedIn: boolean;
  /** What the user is in the organization that operates the installation. */
  role: Role | null;
  /** The access is this session's, has not expired and was not ended. */
  isOpen: boolean | null;
  orgStatus: string | null;
}

const SHOWN = `id, operator_id AS "operatorId", reason, created_at AS "createdAt", expires_at AS "expiresAt",
  ended_at AS "endedAt", ended_by AS "endedBy"`;

@Injectable()
export class OperatorAccessesRepository {
  constructor(private readonly database: Database) {}

  /** Opens the organization at hand. Needs the service role. */
  async insert(access: {
    readonly operatorId: Uuid;
    readonly sessionId: Uuid;
    readonly reason: string;
    readonly at: Date;
    readonly expiresAt: Date;
  }): Promise<Uuid> {
    const { tx } = this.database;
    const id = newId();
    await tx.execute(
      `INSERT INTO operator_accesses (org_id, id, operator_id, session_id, reason, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.orgId, id, access.operatorId, access.sessionId, access.reason, access.at, access.expiresAt],
    );
    return id;
  }

  /** Newest first: ids are made in the order of time. */
  list(limit: number, beforeId: string | null): Promise<OperatorAccessRow[]> {
    const { tx } = this.database;
    return tx.query<OperatorAccessRow>(
      `SELECT ${SHOWN} FROM operator_accesses
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [tx.orgId, beforeId, limit],
    );
  }

  /** Ends an access of the organization at hand, for good and as often as asked; false when there is none. */
  async end(id: Uuid, endedBy: Uuid | null): Promise<boolean> {
    const { tx } = this.database;
    const touched = await tx.execute(
      `UPDATE operator_accesses SET ended_by = CASE WHEN ended_at IS NULL THEN $3::uuid ELSE ended_by END,
         ended_at = COALESCE(ended_at, now())
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, endedBy],
    );
    return touched === 1;
  }

  /** Needs no organization: none is at hand before this is known. */
  async state(sessionId: Uuid, orgId: Uuid, accessId: Uuid): Promise<OperatorAccessState | undefined> {
    const [row] = await this.database.platform<OperatorAccessState>(
      `SELECT s.user_id AS "userId", s.revoked_at IS NULL AND s.expires_at > now() AND u.status = 'active' AS "isSignedIn",
         m.role, a.ended_at IS NULL AND a.expires_at > now() AS "isOpen", a.org_status AS "orgStatus"
       FROM auth_sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN list_user_memberships(s.user_id) m ON m.org_is_platform_owner AND m.org_status = 'active'
       LEFT JOIN find_operator_access($2, $3) a ON a.session_id = s.id AND a.operator_id = s.user_id
       WHERE s.id = $1`,
      [sessionId, orgId, accessId],
    );
    return row;
  }
}
