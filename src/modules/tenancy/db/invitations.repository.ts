import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { AlreadyInvited } from '../domain/invitation-errors';
import type { InvitationMailCounts, InvitationState } from '../domain/invitation';
import type { Role } from '../domain/roles';

/** An invitation as it is listed: nothing of its token. */
export interface InvitationRow extends Record<string, unknown> {
  id: Uuid;
  email: string;
  role: Role;
  state: InvitationState;
  invitedBy: Uuid | null;
  mailState: 'waiting' | 'sent' | 'refused';
  mailedAt: Date | null;
  expiresAt: Date;
  acceptedAt: Date | null;
  createdAt: Date;
  version: number;
}

/** An invitation whose token was presented. */
export interface PresentedInvitation extends Record<string, unknown> {
  id: Uuid;
  email: string;
  role: Role;
  tokenHash: string | null;
  state: InvitationState;
}

/** An invitation that can be accepted. */
export interface OpenInvitation extends Record<string, unknown> {
  id: Uuid;
  role: Role;
}

/** What a mail says of an invitation. */
export interface InvitationLetter extends Record<string, unknown> {
  email: string;
  role: Role;
  expiresAt: Date;
  orgName: string;
  inviter: string | null;
}

const STATE = `CASE WHEN accepted_at IS NOT NULL THEN 'accepted' WHEN revoked_at IS NOT NULL THEN 'revoked'
  WHEN expires_at <= now() THEN 'expired' ELSE 'open' END`;
const SHOWN = `id, email, role, ${STATE} AS state, invited_by AS "invitedBy", mail_state AS "mailState", mailed_at AS "mailedAt",
  expires_at AS "expiresAt", accepted_at AS "acceptedAt", created_at AS "createdAt", version`;

/** Invitations of the organization at hand. Tokens are the service role's; the rest serves requests too. */
@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: Database) {}

  /** Whether someone with this address is a member already. */
  async isMember(email: string): Promise<boolean> {
    const row = await this.database.tx.one<{ member: boolean }>('SELECT is_member_address($1) AS member', [
      email,
    ]);
    return row?.member === true;
  }

  /** Adds an invitation; one of the same address that has expired makes room. Throws {@link AlreadyInvited}. */
  async insert(invitation: {
    email: string;
    role: Role;
    invitedBy: Uuid | null;
    expiresAt: Date;
  }): Promise<InvitationRow> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE invitations SET revoked_at = now()
       WHERE org_id = $1 AND email = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= now()`,
      [tx.orgId, invitation.email],
    );
    try {
      const row = await tx.one<InvitationRow>(
        `INSERT INTO invitations (org_id, id, email, role, invited_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING ${SHOWN}`,
        [tx.orgId, newId(), invitation.email, invitation.role, invitation.invitedBy, invitation.expiresAt],
      );
      if (!row) throw new Error('an inserted row comes back');
      return row;
    } catch (error) {
      if (violatesUnique(error, 'invitations_one_open')) throw new AlreadyInvited();
      throw error;
    }
  }

  /** Newest first: ids are made in the order of time. */
  list(state: InvitationState | undefined, beforeId: string | null, limit: number): Promise<InvitationRow[]> {
    const { tx } = this.database;
    return tx.query<InvitationRow>(
      `SELECT ${SHOWN} FROM invitations
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR ${STATE} = $3)
       ORDER BY id DESC LIMIT $4`,
      [tx.orgId, beforeId, state ?? null, limit],
    );
  }

  /** One, locked. */
  lock(id: Uuid): Promise<InvitationRow | undefined> {
    const { tx } = this.database;
    return tx.one<InvitationRow>(
      `SELECT ${SHOWN} FROM invitations WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  async revoke(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE invitations SET revoked_at = now() WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      id,
    ]);
  }

  /** Revokes whatever invites to own the organization. */
  async revokeOwners(): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE invitations SET revoked_at = now()
       WHERE org_id = $1 AND role = 'owner' AND accepted_at IS NULL AND revoked_at IS NULL`,
      [tx.orgId],
    );
  }

  /** How many mails the organization asked for, to `email` and to all, closed invitations included. */
  async mailsAskedFor(email: string): Promise<InvitationMailCounts> {
    const { tx } = this.database;
    const counts = await tx.one<InvitationMailCounts & Record<string, unknown>>(
      `SELECT count(*) FILTER (WHERE email = $2 AND asked > now() - interval '1 hour')::int AS address,
         count(*) FILTER (WHERE asked > now() - interval '1 hour')::int AS hour, count(*)::int AS day
       FROM invitations, unnest(mails_asked_at) asked
       WHERE org_id = $1 AND updated_at > now() - interval '1 day' AND asked > now() - interval '1 day'`,
      [tx.orgId, email],
    );
    return counts ?? { address: 0, hour: 0, day: 0 };
  }

  /** Gives it time again, and says that a mail is on its way. */
  async renew(id: Uuid, expiresAt: Date): Promise<InvitationRow | undefined> {
    const { tx } = this.database;
    return tx.one<InvitationRow>(
      `UPDATE invitations SET expires_at = $3, mail_state = 'waiting',
         mails_asked_at = ARRAY(SELECT at FROM unnest(mails_asked_at) at WHERE at > now() - interval '1 day') || now()
       WHERE org_id = $1 AND id = $2 RETURNING ${SHOWN}`,
      [tx.orgId, id, expiresAt],
    );
  }

  /** Gives an open invitation its next token, and what a mail says of it; undefined when it is not open any more. */
  async giveToken(id: Uuid, tokenHash: string): Promise<InvitationLetter | undefined> {
    const { tx } = this.database;
    return tx.one<InvitationLetter>(
      `UPDATE invitations i SET token_hash = $3
       FROM organizations o WHERE i.org_id = $1 AND i.id = $2 AND o.id = i.org_id AND o.status = 'active'
         AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
       RETURNING i.email, i.role, i.expires_at AS "expiresAt", o.name AS "orgName",
         (SELECT first_name || ' ' || last_name FROM users WHERE id = i.invited_by) AS inviter`,
      [tx.orgId, id, tokenHash],
    );
  }

  /** Notes what became of the mail. */
  async noteMail(id: Uuid, state: 'sent' | 'refused'): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE invitations SET mail_state = $3::text, mailed_at = CASE WHEN $3::text = 'sent' THEN now() ELSE mailed_at END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, state],
    );
  }

  /** The invitation of a token, locked where it is about to be accepted. */
  presented(id: Uuid, lock: '' | 'FOR UPDATE' = ''): Promise<PresentedInvitation | undefined> {
    const { tx } = this.database;
    return tx.one<PresentedInvitation>(
      `SELECT id, email, role, token_hash AS "tokenHash", ${STATE} AS state FROM invitations
       WHERE org_id = $1 AND id = $2 ${lock}`,
      [tx.orgId, id],
    );
  }

  /** The invitation of an address that can be accepted, locked. Waits for whoever is accepting it. */
  lockOpen(email: string): Promise<OpenInvitation | undefined> {
    const { tx } = this.database;
    return tx.one<OpenInvitation>(
      `SELECT id, role FROM invitations
       WHERE org_id = $1 AND email = $2 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now() FOR UPDATE`,
      [tx.orgId, email],
    );
  }

  /** Uses it up. */
  async accept(id: Uuid, userId: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      'UPDATE invitations SET accepted_at = now(), accepted_by = $3, token_hash = NULL WHERE org_id = $1 AND id = $2',
      [tx.orgId, id, userId],
    );
  }
}
