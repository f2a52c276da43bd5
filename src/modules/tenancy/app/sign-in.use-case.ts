import { Injectable } from '@nestjs/common';
import { newId, requestContext, type Uuid } from '../../../common/context';
import { sha256 } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { PeopleRepository } from '../db/people.repository';
import { SessionsRepository } from '../db/sessions.repository';
import { normaliseEmail } from '../domain/email';
import { AccessTokens } from './access-tokens';
import { CheckPassword, type Proven } from './check-password';
import { storableAddress } from './client-address';
import { randomSecret } from './secrets';
import { SessionLifetime } from './session-lifetime';
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
    private readonly database: Database,
    private readonly passwords: CheckPassword,
    private readonly people: PeopleRepository,
    private readonly sessions: SessionsRepository,
    private readonly lifetime: SessionLifetime,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `WrongCredentials`, `OrganizationSuspended` and `TooManySignIns`. */
  async execute(input: SignInInput): Promise<SignedIn> {
    const ipAddress = storableAddress(input.ipAddress);
    const proven = await this.passwords.check({ ...input, email: normaliseEmail(input.email), ipAddress });
    const { user, membership } = proven;
    const refreshToken = randomSecret();
    const sessionId = await this.open(proven, refreshToken, ipAddress, input.userAgent);
    const { orgId, role } = membership;
    const token = await this.tokens.issue({ userId: user.id, orgId, role, sessionId });
    return { ...token, refreshToken, organization: organizationView(membership), user: userView(user), role };
  }

  private async open(
    { user, membership: { orgId } }: Proven,
    token: string,
    ip?: string,
    agent?: string,
  ): Promise<Uuid> {
    const id = newId();
    const actor = { type: 'user', id: user.id } as const;
    const requestId = requestContext()?.requestId ?? newId();
    const session = {
      id,
      userId: user.id,
      orgId,
      ipAddress: ip ?? null,
      userAgent: agent?.slice(0, 300) ?? null,
    };
    await this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      await this.sessions.insert({ ...session, expiresAt: this.lifetime.end() }, sha256(token));
      await this.people.touchLastLogin(user.id);
      await this.audit.record({
        eventType: 'sign_in',
        operation: 'SIGN_IN',
        tableName: 'auth_sessions',
        recordId: id,
        orgId,
        actor,
        ...(ip === undefined ? {} : { ipAddress: ip }),
      });
    });
    return id;
  }
}
