import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { OrganizationFacts } from '../domain/organization';

/** What someone asked for, until they confirm their address. Who they are is not known before. */
export interface SignUp extends Required<Omit<OrganizationFacts, 'isPlatformOwner'>> {
  readonly email: string;
}

/** A sign-up whose token was presented. */
export interface PresentedSignUp extends SignUp, Record<string, unknown> {
  readonly tokenHash: string | null;
}

/** What a mail says of a sign-up. */
export interface SignUpLetter extends Record<string, unknown> {
  readonly email: string;
  readonly name: string;
  /** The address is a user's already. */
  readonly isUser: boolean;
}

/** Mails for one address within an hour: nobody has a stranger's mailbox filled. */
const AN_HOUR = 3;

const PRESENTED = `
  SELECT email, name, slug, timezone, default_country AS "defaultCountry", locale, token_hash AS "tokenHash"
  FROM pending_sign_ups WHERE id = $1 AND expires_at > now()`;

/** Sign-ups that wait to be confirmed. They belong to no organization yet: only the service role reaches them. */
@Injectable()
export class SignUpsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the new one's id; undefined when this address asked too often within an hour. */
  async insert(signUp: SignUp, at: Date, expiresAt: Date): Promise<Uuid | undefined> {
    const { email, name, slug, timezone, defaultCountry, locale } = signUp;
    const id = newId();
    const inserted = await this.database.tx.execute(
      `INSERT INTO pending_sign_ups (id, email, name, slug, timezone, default_country, locale, created_at, expires_at)
       SELECT $1::uuid, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9::timestamptz
       WHERE (SELECT count(*) FROM pending_sign_ups WHERE email = $2 AND created_at > $8 - interval '1 hour') < $10::int`,
      [id, email, name, slug, timezone, defaultCountry, locale, at, expiresAt, AN_HOUR],
    );
    return inserted === 1 ? id : undefined;
  }

  /**
   * Gives a sign-up its next token, none where the address is a user's; undefined when the sign-up is gone. Committed by
   * itself.
   */
  async giveToken(id: Uuid, tokenHash: string): Promise<SignUpLetter | undefined> {
    const [letter] = await this.database.platform<SignUpLetter>(
      `UPDATE pending_sign_ups s SET token_hash = CASE WHEN u.known THEN NULL ELSE $2 END
       FROM (SELECT p.id, EXISTS (SELECT FROM users WHERE email = p.email) AS known
             FROM pending_sign_ups p WHERE p.id = $1) u
       WHERE s.id = u.id AND s.expires_at > now() RETURNING s.email, s.name, u.known AS "isUser"`,
      [id, tokenHash],
    );
    return letter;
  }

  /** The sign-up of a token. Needs no transaction. */
  async presented(id: Uuid): Promise<PresentedSignUp | undefined> {
    const [row] = await this.database.platform<PresentedSignUp>(PRESENTED, [id]);
    return row;
  }

  /** The same, locked: it is about to be used. */
  lock(id: Uuid): Promise<PresentedSignUp | undefined> {
    return this.database.tx.one<PresentedSignUp>(`${PRESENTED} FOR UPDATE`, [id]);
  }

  /** Forgets whatever was asked for with this address. */
  async forget(email: string): Promise<void> {
    await this.database.tx.execute('DELETE FROM pending_sign_ups WHERE email = $1', [email]);
  }

  /** Deletes what was not confirmed in time. */
  async deleteExpired(): Promise<void> {
    await this.database.platform('DELETE FROM pending_sign_ups WHERE expires_at < now()');
  }
}
