import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/context';
import { PeopleRepository, type SignInRow } from '../db/people.repository';
import { PersonIncomplete } from '../domain/invitation-errors';
import { checkNewPassword } from '../domain/password';
import { CheckPassword } from './check-password';
import { PasswordHasher } from './password-hasher';

/** What whoever holds a token says of themselves. */
export interface SelfIntroduction {
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly password: string | undefined;
  readonly ipAddress: string | undefined;
}

/**
 * Who it is that brings a token out of a mail, to become a member. The token proves the mailbox and no more: whoever is a user proves themselves by
 * their password, which is neither set nor replaced here.
 */
@Injectable()
export class TokenHolders {
  constructor(
    private readonly people: PeopleRepository,
    private readonly passwords: CheckPassword,
    private readonly hasher: PasswordHasher,
  ) {}

  /** To be called before the transaction. Throws `PersonIncomplete`, `WrongCredentials` and what a bad password throws. */
  async identify(email: string, given: SelfIntroduction): Promise<{ user: SignInRow; isNew: boolean }> {
    const known = await this.people.findForSignIn(email);
    return known
      ? { user: await this.prove(email, given), isNew: false }
      : { user: await this.introduce(email, given), isNew: true };
  }

  private prove(email: string, { password, ipAddress }: SelfIntroduction): Promise<SignInRow> {
    if (password === undefined) throw new PersonIncomplete(['password']);
    return this.passwords.checkPerson({ email, password, ipAddress });
  }

  private async introduce(email: string, given: SelfIntroduction): Promise<SignInRow> {
    const { firstName, lastName, password } = given;
    if (firstName === undefined || lastName === undefined || password === undefined)
      throw new PersonIncomplete(
        (['firstName', 'lastName', 'password'] as const).filter((field) => given[field] === undefined),
      );
    checkNewPassword(password);
    const passwordHash = await this.hasher.hash(password);
    return {
      id: newId(),
      email,
      first_name: firstName,
      last_name: lastName,
      password_hash: passwordHash,
      status: 'active',
    };
  }
}
