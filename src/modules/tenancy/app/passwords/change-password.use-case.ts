import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { PeopleRepository } from '../../db/people.repository';
import { SessionEnded, WrongCredentials } from '../../domain/errors';
import { checkNewPassword } from '../../domain/password';
import { WrongPassword } from '../../domain/password-errors';
import { CheckPassword } from '../check-password';
import { NewPasswords } from './new-passwords';
import { PasswordHasher } from '../password-hasher';
import { SessionStates } from '../session-states';

/** Who wants which password, and from where. */
export interface PasswordChange {
  readonly userId: Uuid;
  readonly sessionId: Uuid;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly ipAddress: string;
}

/** Replaces the caller's password; their other sessions end. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly check: CheckPassword,
    private readonly hasher: PasswordHasher,
    private readonly passwords: NewPasswords,
    private readonly states: SessionStates,
  ) {}

  /** Throws {@link WrongPassword}, `SignInThrottled`, `TooManySignIns` and what a bad password throws. */
  async execute(scope: OrgScope, change: PasswordChange): Promise<void> {
    const { userId, sessionId, newPassword } = change;
    const ipAddress = storableAddress(change.ipAddress);
    checkNewPassword(newPassword, 'newPassword');
    await this.prove(change, ipAddress);
    const passwordHash = await this.hasher.hash(newPassword);
    const { orgId, actor } = scope;
    const ended = await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
      this.passwords.set({
        userId,
        passwordHash,
        exceptId: sessionId,
        orgId,
        actor,
        way: 'password',
        ipAddress,
      }),
    );
    for (const id of ended) this.states.forget(id);
  }

  /** Limited like a sign-in: a stolen session must not be a way to guess the password. */
  private async prove(
    { userId, currentPassword }: PasswordChange,
    ipAddress: string | undefined,
  ): Promise<void> {
    const user = await this.people.findById(userId);
    if (!user) throw new SessionEnded();
    try {
      await this.check.checkPerson({ email: user.email, password: currentPassword, ipAddress });
    } catch (error) {
      throw error instanceof WrongCredentials ? new WrongPassword() : error;
    }
  }
}
