import { Injectable } from '@nestjs/common';
import { storableAddress } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { CheckPassword } from './check-password';
import { SessionStart } from './session-start';
import type { SignedIn } from './session-views';

/** What someone signs in with, and from where. */
export interface SignInInput {
  readonly email: string;
  readonly password: string;
  /** Where to, for members of several organizations. */
  readonly organizationSlug: string | undefined;
  readonly ipAddress: string;
  readonly userAgent: string | undefined;
}

/** Exchanges email and password for a session. */
@Injectable()
export class SignIn {
  constructor(
    private readonly passwords: CheckPassword,
    private readonly sessions: SessionStart,
  ) {}

  /** Throws `WrongCredentials`, `OrganizationSuspended` and `TooManySignIns`. */
  async execute(input: SignInInput): Promise<SignedIn> {
    const { userAgent } = input;
    const ipAddress = storableAddress(input.ipAddress);
    const proven = await this.passwords.check({ ...input, email: normaliseEmail(input.email), ipAddress });
    return this.sessions.begin(proven, { ipAddress, userAgent });
  }
}
