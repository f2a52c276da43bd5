import { Injectable } from '@nestjs/common';
import { AccessTokens } from './access-tokens';
import type { Proven } from './check-password';
import { randomSecret } from './secrets';
import { SessionOpening, type Origin } from './session-opening';
import { organizationView, userView, type SignedIn } from './session-views';

/** Lets someone in who proved who they are. */
@Injectable()
export class SessionStart {
  constructor(
    private readonly sessions: SessionOpening,
    private readonly tokens: AccessTokens,
  ) {}

  /** Opens a session, and answers with all that the caller needs to go on. */
  async begin(proven: Proven, origin: Origin): Promise<SignedIn> {
    const { user, membership } = proven;
    const { orgId, role } = membership;
    const refreshToken = randomSecret();
    const sessionId = await this.sessions.open(proven, refreshToken, origin);
    const token = await this.tokens.issue({ userId: user.id, orgId, role, sessionId });
    return { ...token, refreshToken, organization: organizationView(membership), user: userView(user), role };
  }
}
