import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** Whoever asked for a new password, for the mail. */
export interface ResetLetter extends Record<string, unknown> {
  userId: Uuid;
  email: string;
  hasPassword: boolean;
}

/** A reset whose token was presented. */
export interface PresentedReset extends Record<string, unknown> {
  userId: Uuid;
  tokenHash: string | null;
  usable: boolean;
}

/** Password resets belong to a person, who may belong to several organizations: the service role's alone. */
@Injectable()
export class PasswordResetsRepository {
  constructor(private readonly database: Database) {}

  /** Adds one, in the transaction at hand; for an unknown address too, so that asking takes the same work. */
  async insert(email: string): Promise<Uuid> {
    const id = newId();
    await this.database.tx.execute(
      `INSERT INTO password_resets (id, user_id, expires_at)
       VALUES ($1, (SELECT id FROM users WHERE email = $2 AND status = 'active'), now() + interval '1 hour')`,
      [id, email],
    );
    return id;
  }

  /**
   * Gives a reset its next token; undefined where there is nobody to mail it to, where it was used, and where the person got
   * `perHour` mails within the hour.
   */
  async giveToken(id: Uuid, tokenHash: string, perHour: number): Promise<ResetLetter | undefined> {
    return this.database.tx.one<ResetLetter>(
      `UPDATE password_resets r SET token_hash = $2
       FROM users u WHERE r.id = $1 AND u.id = r.user_id AND u.status = 'active' AND r.used_at IS NULL AND r.expires_at > now()
         AND (SELECT count(*) FROM password_resets o
              WHERE o.user_id = r.user_id AND o.id < r.id AND o.created_at > r.created_at - interval '1 hour') < $3
       RETURNING u.id AS "userId", u.email, u.password_hash IS NOT NULL AS "hasPassword"`,
      [id, tokenHash, perHour],
    );
  }

  /** The reset of a token, locked where it is about to be used. */
  presented(id: Uuid, lock: '' | 'FOR UPDATE OF r' = ''): Promise<PresentedReset | undefined> {
    return this.database.tx.one<PresentedReset>(
      `SELECT r.user_id AS "userId", r.token_hash AS "tokenHash",
         r.used_at IS NULL AND r.expires_at > now() AND u.status = 'active' AND u.password_hash IS NOT NULL AS usable
       FROM password_resets r JOIN users u ON u.id = r.user_id WHERE r.id = $1 ${lock}`,
      [id],
    );
  }

  /** Makes every reset of a person useless: one of them did its work. */
  async useUp(userId: Uuid): Promise<void> {
    await this.database.tx.execute(
      'UPDATE password_resets SET used_at = now(), token_hash = NULL WHERE user_id = $1 AND used_at IS NULL',
      [userId],
    );
  }

  /** Deletes those that are over. */
  async deleteOld(): Promise<void> {
    await this.database.platform(`DELETE FROM password_resets WHERE expires_at < now() - interval '1 hour'`);
  }
}
