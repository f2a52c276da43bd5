import { Injectable } from '@nestjs/common';
import { storableAddress } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { AccessTokens } from './access-tokens';
import { CheckPassword } from './check-password';
import { randomSecret } from './secrets';
import { SessionOpening } from './session-opening';
import { organizationView, userView, type SignedIn } from './session-views';

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
    private readonly sessions: SessionOpening,
    private readonly tokens: AccessTokens,
  ) {}

  /** Throws `WrongCredentials`, `OrganizationSuspended` and `TooManySignIns`. */
  async execute(input: SignInInput): Promise<SignedIn> {
    const { userAgent } = input;
    const ipAddress = storableAddress(input.ipAddress);
    const proven = await this.passwords.check({ ...input, email: normaliseEmail(input.email), ipAddress });
    const { user, membership } = proven;
    const { orgId, role } = membership;
    const refreshToken = randomSecret();
    const sessionId = await this.sessions.open(proven, refreshToken, { ipAddress, userAgent });
    const token = await this.tokens.issue({ userId: user.id, orgId, role, sessionId });
    return { ...token, refreshToken, organization: organizationView(membership), user: userView(user), role };
  }
}
