import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Role } from '../domain/roles';

/** A sign-in to be stored. */
export interface NewSession {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly orgId: Uuid;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly expiresAt: Date;
}

/** A refresh token with its session, its user and the user's place in the session's organization; locked. */
export interface RefreshRow extends Record<string, unknown> {
  tokenId: Uuid;
  sessionId: Uuid;
  userId: Uuid;
  orgId: Uuid;
  used: boolean;
  revoked: boolean;
  expired: boolean;
  userActive: boolean;
  orgStatus: string | null;
  role: Role | null;
}

/** What an access token is worth at this moment. */
export interface SessionStateRow extends Record<string, unknown> {
  user_id: Uuid;
  alive: boolean;
  role: Role | null;
  org_status: string | null;
  org_is_platform_owner: boolean | null;
}

/** A session, as its user sees it. */
export interface ListedSessionRow extends Record<string, unknown> {
  id: Uuid;
  userAgent: string | null;
  ipAddress: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

/** Sessions are no tenant's: they belong to a user. Only the service role reaches them. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  /** Adds a session and its first refresh token. */
  async insert(session: NewSession, tokenHash: string): Promise<void> {
    await this.database.tx.query(
      `INSERT INTO auth_sessions (id, user_id, signed_in_org_id, ip_address, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [session.id, session.userId, session.orgId, session.ipAddress, session.userAgent, session.expiresAt],
    );
    await this.insertToken(session.id, tokenHash);
  }

  /** Finds a refresh token and locks it with its session, so that of two uses one comes after the other. */
  async lockByToken(tokenHash: string): Promise<RefreshRow | undefined> {
    return this.database.tx.one<RefreshRow>(
      `SELECT t.id AS "tokenId", s.id AS "sessionId", s.user_id AS "userId", s.signed_in_org_id AS "orgId",
         t.used_at IS NOT NULL AS used, s.revoked_at IS NOT NULL AS revoked, s.expires_at <= now() AS expired,
         u.status = 'active' AS "userActive", m.org_status AS "orgStatus", m.role
       FROM auth_refresh_tokens t
       JOIN auth_sessions s ON s.id = t.session_id
       JOIN users u ON u.id = s.user_id
       LEFT JOIN list_user_memberships(s.user_id) m ON m.org_id = s.signed_in_org_id
       WHERE t.token_hash = $1
       FOR UPDATE OF t, s`,
      [tokenHash],
    );
  }

  /** Replaces a refresh token by the next one of its session, which lives on until `expiresAt`. */
  async rotate(used: { tokenId: Uuid; sessionId: Uuid }, nextHash: string, expiresAt: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE auth_refresh_tokens SET used_at = now() WHERE id = $1', [used.tokenId]);
    await this.insertToken(used.sessionId, nextHash);
    await tx.execute('UPDATE auth_sessions SET last_used_at = now(), expires_at = $2 WHERE id = $1', [
      used.sessionId,
      expiresAt,
    ]);
  }

  /** Ends a session: neither its access tokens nor its refresh tokens work any more. */
  async revoke(sessionId: Uuid): Promise<void> {
    await this.database.tx.execute(
      'UPDATE auth_sessions SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL',
      [sessionId],
    );
  }

  /** Ends a person's sessions, but for one if that is named; of one organization, if that is named. Returns their ids. */
  async revokeAll(userId: Uuid, but: { exceptId?: Uuid; inOrg?: Uuid } = {}): Promise<Uuid[]> {
    const rows = await this.database.tx.query<{ id: Uuid }>(
      `UPDATE auth_sessions SET revoked_at = now()
       WHERE user_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id <> $2)
         AND ($3::uuid IS NULL OR signed_in_org_id = $3)
       RETURNING id`,
      [userId, but.exceptId ?? null, but.inOrg ?? null],
    );
    return rows.map(({ id }) => id);
  }

  /** Ends one session of a person; false when they have no such session that lives. */
  async revokeOf(userId: Uuid, sessionId: Uuid): Promise<boolean> {
    const touched = await this.database.tx.execute(
      `UPDATE auth_sessions SET revoked_at = now()
       WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL AND expires_at > now()`,
      [userId, sessionId],
    );
    return touched === 1;
  }

  /** A person's sessions that live, newest first; needs no organization. */
  listOf(userId: Uuid, beforeId: string | null, limit: number): Promise<ListedSessionRow[]> {
    return this.database.platform<ListedSessionRow>(
      `SELECT id, user_agent AS "userAgent", host(ip_address) AS "ipAddress", created_at AS "createdAt",
         last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
       FROM auth_sessions
       WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND ($2::uuid IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [userId, beforeId, limit],
    );
  }

  /** The ids of a person's sessions that live, whatever organization they lead to; in the transaction at hand. */
  async idsOf(userId: Uuid): Promise<Uuid[]> {
    const rows = await this.database.tx.query<{ id: Uuid }>(
      'SELECT id FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()',
      [userId],
    );
    return rows.map(({ id }) => id);
  }

  /** Lets the session go on in another organization; its refresh tokens lead there from now on. */
  async moveTo(sessionId: Uuid, orgId: Uuid): Promise<void> {
    await this.database.tx.execute(
      'UPDATE auth_sessions SET signed_in_org_id = $2, last_used_at = now() WHERE id = $1',
      [sessionId, orgId],
    );
  }

  /** Deletes sessions that expired or were revoked more than `days` ago, and their refresh tokens. */
  async deleteEnded(days: number): Promise<void> {
    await this.database.platform(
      `WITH ended AS (
         SELECT id FROM auth_sessions WHERE LEAST(expires_at, revoked_at) < now() - make_interval(days => $1)
       ), tokens AS (
         DELETE FROM auth_refresh_tokens WHERE session_id IN (SELECT id FROM ended)
       )
       DELETE FROM auth_sessions WHERE id IN (SELECT id FROM ended)`,
      [days],
    );
  }

  /** Whether a session is alive and what its user is in an organization now; needs no organization. */
  async state(sessionId: Uuid, orgId: Uuid): Promise<SessionStateRow | undefined> {
    const [row] = await this.database.platform<SessionStateRow>(
      `SELECT s.user_id, s.revoked_at IS NULL AND s.expires_at > now() AND u.status = 'active' AS alive,
         m.role, m.org_status, m.org_is_platform_owner
       FROM auth_sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN list_user_memberships(s.user_id) m ON m.org_id = $2
       WHERE s.id = $1`,
      [sessionId, orgId],
    );
    return row;
  }

  private async insertToken(sessionId: Uuid, tokenHash: string): Promise<void> {
    await this.database.tx.query(
      'INSERT INTO auth_refresh_tokens (id, session_id, token_hash) VALUES ($1, $2, $3)',
      [newId(), sessionId, tokenHash],
    );
  }
}
