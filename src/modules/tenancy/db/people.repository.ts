import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { AlreadyMember } from '../domain/errors';
import { PersonAppeared } from '../domain/invitation-errors';
import type { Role } from '../domain/roles';
import { Membership } from './membership.entity';
import { User } from './user.entity';

/** What a sign-in needs to know of a person. */
export interface SignInRow extends Record<string, unknown> {
  id: Uuid;
  email: string;
  first_name: string;
  last_name: string;
  password_hash: string | null;
  status: string;
}

/** A user's place in one organization. */
export interface MembershipRow extends Record<string, unknown> {
  orgId: Uuid;
  orgName: string;
  orgSlug: string;
  orgStatus: string;
  role: Role;
}

/** Who is calling: the user or the API key (the other is null), and the organization. */
export interface CallerRow extends Record<string, unknown> {
  org_id: Uuid;
  org_name: string;
  org_slug: string;
  role: Role | null;
  email: string | null;
  first_name: string | null;
  last_name: string | null;
  key_name: string | null;
  key_prefix: string | null;
}

/** Users are no tenant's: reading and writing them takes the service role, in or out of an organization. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  /** By normalised address; needs no organization. */
  async findForSignIn(email: string): Promise<SignInRow | undefined> {
    const [row] = await this.database.platform<SignInRow>(
      'SELECT id, email, first_name, last_name, password_hash, status FROM users WHERE email = $1',
      [email],
    );
    return row;
  }

  /** By id; needs no organization. */
  async findById(userId: Uuid): Promise<SignInRow | undefined> {
    const [row] = await this.database.platform<SignInRow>(
      'SELECT id, email, first_name, last_name, password_hash, status FROM users WHERE id = $1',
      [userId],
    );
    return row;
  }

  /** Where a person belongs, oldest membership first; needs no organization. */
  memberships(userId: Uuid): Promise<MembershipRow[]> {
    return this.database.platform<MembershipRow>(
      `SELECT org_id AS "orgId", org_name AS "orgName", org_slug AS "orgSlug", org_status AS "orgStatus", role
       FROM list_user_memberships($1)`,
      [userId],
    );
  }

  /** The id of the user with this address, in the transaction at hand. */
  async idOf(email: string): Promise<Uuid | undefined> {
    const row = await this.database.tx.one<{ id: Uuid }>('SELECT id FROM users WHERE email = $1', [email]);
    return row?.id;
  }

  /** The id of the user with this address, who is added when there is none. A user who is there stays as they are. */
  async findOrInsert(user: Omit<User, 'id'>): Promise<Uuid> {
    const users = await this.database.tx.repository(User);
    await users
      .createQueryBuilder()
      .insert()
      .values({ ...user, id: newId() })
      .orIgnore()
      .updateEntity(false)
      .execute();
    const { id } = await users.findOneByOrFail({ email: user.email });
    return id as Uuid;
  }

  /** Adds a person nobody knows yet. Throws {@link PersonAppeared} when the address is a user's by now. */
  async introduce(person: SignInRow): Promise<void> {
    const { id, email, first_name: firstName, last_name: lastName, password_hash: passwordHash } = person;
    try {
      const users = await this.database.tx.repository(User);
      await users.insert({ id, email, firstName, lastName, passwordHash });
    } catch (error) {
      if (violatesUnique(error, 'users_email_key')) throw new PersonAppeared();
      throw error;
    }
  }

  /** Gives a person another password, in the transaction at hand. */
  async changePassword(userId: Uuid, passwordHash: string): Promise<void> {
    await this.database.tx.execute('UPDATE users SET password_hash = $2 WHERE id = $1', [
      userId,
      passwordHash,
    ]);
  }

  /** Changes names; null leaves one as it is. */
  async rename(
    userId: Uuid,
    firstName: string | null,
    lastName: string | null,
  ): Promise<SignInRow | undefined> {
    return this.database.tx.one<SignInRow>(
      `UPDATE users SET first_name = COALESCE($2, first_name), last_name = COALESCE($3, last_name) WHERE id = $1
       RETURNING id, email, first_name, last_name, password_hash, status`,
      [userId, firstName, lastName],
    );
  }

  /** Makes a user a member of the organization at hand. Throws {@link AlreadyMember}. */
  async insertMembership(userId: Uuid, role: Role): Promise<void> {
    const { tx } = this.database;
    try {
      await (await tx.repository(Membership)).insert({ orgId: tx.orgId, id: newId(), userId, role });
    } catch (error) {
      if (violatesUnique(error, 'memberships_org_user_key')) throw new AlreadyMember();
      throw error;
    }
  }

  /** Notes that a user came into the organization at hand just now, signing in or by their provider. */
  async noteSignIn(userId: Uuid): Promise<void> {
    await this.database.tx.execute('UPDATE users SET last_login_at = now() WHERE id = $1', [userId]);
    await this.noteArrival(userId);
  }

  /** The same for someone who was signed in elsewhere. */
  async noteArrival(userId: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE memberships SET last_sign_in_at = now() WHERE org_id = $1 AND user_id = $2', [
      tx.orgId,
      userId,
    ]);
  }

  /** The caller in the organization at hand. */
  async caller(userId: Uuid | null, apiKeyId: Uuid | null): Promise<CallerRow | undefined> {
    const { tx } = this.database;
    return tx.one<CallerRow>(
      `SELECT o.id AS org_id, o.name AS org_name, o.slug AS org_slug, m.role,
         u.email, u.first_name, u.last_name, k.name AS key_name, k.prefix AS key_prefix
       FROM organizations o
       LEFT JOIN users u ON u.id = $2
       LEFT JOIN memberships m ON m.org_id = o.id AND m.user_id = u.id
       LEFT JOIN api_keys k ON k.org_id = o.id AND k.id = $3
       WHERE o.id = $1`,
      [tx.orgId, userId, apiKeyId],
    );
  }
}
