import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { constantTimeEqual, sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { PasswordResetsRepository, type PresentedReset } from '../../db/password-resets.repository';
import { checkNewPassword } from '../../domain/password';
import { ResetNotValid } from '../../domain/password-errors';
import { parseMailedToken } from '../mailed-token';
import { NewPasswords } from './new-passwords';
import { PasswordHasher } from '../password-hasher';
import { SessionStates } from '../session-states';

/** Replaces the password of whoever holds a mailed token; all their sessions end. */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly database: Database,
    private readonly resets: PasswordResetsRepository,
    private readonly hasher: PasswordHasher,
    private readonly passwords: NewPasswords,
    private readonly states: SessionStates,
  ) {}

  /** Throws {@link ResetNotValid} whatever is wrong with the token, and what a bad password throws. */
  async execute(token: string, newPassword: string, ipAddress: string): Promise<void> {
    checkNewPassword(newPassword, 'newPassword');
    const parsed = parseMailedToken('fdr', token);
    const [id] = parsed?.ids ?? [];
    if (!parsed || !id) throw new ResetNotValid();
    // Looked at twice: hashing is dear, so a wrong token does not get that far; and it is too slow to hold a lock over.
    await this.database.runAsPlatform(() => this.find(id, parsed.secret));
    const passwordHash = await this.hasher.hash(newPassword);
    const ended = await this.database.runAsPlatform(async () => {
      const { userId } = await this.find(id, parsed.secret, 'FOR UPDATE OF r');
      return this.passwords.set({
        userId,
        passwordHash,
        orgId: null,
        actor: { type: 'user', id: userId },
        way: 'reset',
        ipAddress: storableAddress(ipAddress),
      });
    });
    for (const sessionId of ended) this.states.forget(sessionId);
  }

  private async find(id: Uuid, secret: string, lock: '' | 'FOR UPDATE OF r' = ''): Promise<PresentedReset> {
    const row = await this.resets.presented(id, lock);
    const isRight = constantTimeEqual(row?.tokenHash ?? '', sha256(secret));
    if (!row || !isRight || !row.usable) throw new ResetNotValid();
    return row;
  }
}
