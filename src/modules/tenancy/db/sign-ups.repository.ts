import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { OrganizationFacts } from '../domain/organization';

/** What someone asked for, until they confirm their address. */
export interface SignUp extends Required<Omit<OrganizationFacts, 'isPlatformOwner'>> {
  readonly email: string;
  readonly passwordHash: string;
  readonly firstName: string;
  readonly lastName: string;
}

type SignUpRow = SignUp & Record<string, unknown>;

/** Mails for one address within an hour: nobody has a stranger's mailbox filled. */
const AN_HOUR = 3;

const COLUMNS = `email, password_hash AS "passwordHash", first_name AS "firstName", last_name AS "lastName", name, slug, timezone,
  default_country AS "defaultCountry", locale`;

/** Sign-ups that wait to be confirmed. They belong to no organization yet: only the service role reaches them. */
@Injectable()
export class SignUpsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the new one's id; undefined when this address asked too often within an hour. */
  async insert(signUp: SignUp, at: Date, expiresAt: Date): Promise<Uuid | undefined> {
    const id = newId();
    const inserted = await this.database.tx.execute(
      `INSERT INTO pending_sign_ups (id, email, password_hash, first_name, last_name, name, slug, timezone, default_country,
         locale, created_at, expires_at)
       SELECT $1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::timestamptz, $12::timestamptz
       WHERE (SELECT count(*) FROM pending_sign_ups WHERE email = $2 AND created_at > $11 - interval '1 hour') < $13::int`,
      [
        id,
        signUp.email,
        signUp.passwordHash,
        signUp.firstName,
        signUp.lastName,
        signUp.name,
        signUp.slug,
        signUp.timezone,
        signUp.defaultCountry,
        signUp.locale,
        at,
        expiresAt,
        AN_HOUR,
      ],
    );
    return inserted === 1 ? id : undefined;
  }

  /** Needs no transaction. */
  async find(id: Uuid): Promise<SignUp | undefined> {
    const [row] = await this.database.platform<SignUpRow>(
      `SELECT ${COLUMNS} FROM pending_sign_ups WHERE id = $1 AND expires_at > now()`,
      [id],
    );
    return row;
  }

  /** Replaces the token that confirms it; false when it is gone. Committed by itself. */
  async setToken(id: Uuid, tokenHash: string): Promise<boolean> {
    const rows = await this.database.platform(
      'UPDATE pending_sign_ups SET token_hash = $2 WHERE id = $1 RETURNING id',
      [id, tokenHash],
    );
    return rows.length === 1;
  }

  /** Takes the sign-up that the token confirms: of two who bring it at once one gets it. */
  take(tokenHash: string): Promise<SignUp | undefined> {
    return this.database.tx.one<SignUpRow>(
      `DELETE FROM pending_sign_ups WHERE token_hash = $1 AND expires_at > now() RETURNING ${COLUMNS}`,
      [tokenHash],
    );
  }

  /** Forgets whatever else was asked for with this address. */
  async forget(email: string): Promise<void> {
    await this.database.tx.execute('DELETE FROM pending_sign_ups WHERE email = $1', [email]);
  }

  /** Deletes what was not confirmed in time. */
  async deleteExpired(): Promise<void> {
    await this.database.platform('DELETE FROM pending_sign_ups WHERE expires_at < now()');
  }
}
