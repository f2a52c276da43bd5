import { Injectable } from '@nestjs/common';
import { newId, requestContext } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { PeopleRepository, type SignInRow } from '../../db/people.repository';
import { PersonIncomplete } from '../../domain/invitation-errors';
import { checkNewPassword } from '../../domain/password';
import { CheckPassword } from '../check-password';
import { InvitationTokens, type FoundInvitation } from './invitation-tokens';
import { Joining } from './joining';
import { PasswordHasher } from '../password-hasher';
import { SessionStart } from '../session-start';
import type { SignedIn } from '../session-views';

/** The token, and who accepts it: names and a password for someone new, the password of someone who is a user. */
export interface Acceptance {
  readonly token: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly password: string | undefined;
  readonly ipAddress: string;
  readonly userAgent: string | undefined;
}

/**
 * Makes an invited person a member, and signs them in. The token proves the mailbox and no more: whoever is a user proves
 * themselves by their password, which it neither sets nor replaces.
 */
@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationTokens,
    private readonly joining: Joining,
    private readonly people: PeopleRepository,
    private readonly passwords: CheckPassword,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionStart,
  ) {}

  /** Throws `InvitationNotValid`, `PersonIncomplete`, `WrongCredentials`, `AlreadyMember` and what a bad password throws. */
  async execute(given: Acceptance): Promise<SignedIn> {
    const found = await this.invitations.find(given.token);
    const known = await this.people.findForSignIn(found.invitation.email);
    const user = known ? await this.prove(known, given) : await this.introduce(found, given);
    return this.join(found, user, !known, given);
  }

  private prove({ email }: SignInRow, { password, ipAddress }: Acceptance): Promise<SignInRow> {
    if (password === undefined) throw new PersonIncomplete(['password']);
    return this.passwords.checkPerson({ email, password, ipAddress: storableAddress(ipAddress) });
  }

  /** Someone new, before the transaction: hashing takes longer than a transaction should. */
  private async introduce({ invitation }: FoundInvitation, given: Acceptance): Promise<SignInRow> {
    const { firstName, lastName, password } = given;
    if (firstName === undefined || lastName === undefined || password === undefined)
      throw new PersonIncomplete(
        (['firstName', 'lastName', 'password'] as const).filter((field) => given[field] === undefined),
      );
    checkNewPassword(password);
    return {
      id: newId(),
      email: invitation.email,
      first_name: firstName,
      last_name: lastName,
      password_hash: await this.hasher.hash(password),
      status: 'active',
    };
  }

  private join(
    found: FoundInvitation,
    user: SignInRow,
    isNew: boolean,
    { ipAddress, userAgent }: Acceptance,
  ): Promise<SignedIn> {
    const { orgId } = found;
    const actor = { type: 'user', id: user.id } as const;
    const requestId = requestContext()?.requestId ?? newId();
    return this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      const membership = await this.joining.join(found, user, { isNew });
      return this.sessions.begin({ user, membership }, { ipAddress: storableAddress(ipAddress), userAgent });
    });
  }
}
