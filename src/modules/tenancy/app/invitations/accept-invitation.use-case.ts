import { Injectable } from '@nestjs/common';
import { newId, requestContext } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { SessionStart } from '../session-start';
import type { SignedIn } from '../session-views';
import { TokenHolders } from '../token-holders';
import { InvitationTokens } from './invitation-tokens';
import { Joining } from './joining';

/** The token, and who accepts it: names and a password for someone new, the password of someone who is a user. */
export interface Acceptance {
  readonly token: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly password: string | undefined;
  readonly ipAddress: string;
  readonly userAgent: string | undefined;
}

/** Makes an invited person a member, and signs them in. */
@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly database: Database,
    private readonly tokens: InvitationTokens,
    private readonly holders: TokenHolders,
    private readonly joining: Joining,
    private readonly sessions: SessionStart,
  ) {}

  /** Throws `InvitationNotValid`, `PersonIncomplete`, `WrongCredentials`, `AlreadyMember` and what a bad password throws. */
  async execute({ token, userAgent, ...given }: Acceptance): Promise<SignedIn> {
    const ipAddress = storableAddress(given.ipAddress);
    const found = await this.tokens.find(token);
    const { user, isNew } = await this.holders.identify(found.invitation.email, { ...given, ipAddress });
    const actor = { type: 'user', id: user.id } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const scope = { orgId: found.orgId, actor, requestId, pool: 'service' } as const;
    return this.database.runInOrg(scope, async () => {
      const membership = await this.joining.join(found, user, { isNew });
      return this.sessions.begin({ user, membership }, { ipAddress, userAgent });
    });
  }
}
