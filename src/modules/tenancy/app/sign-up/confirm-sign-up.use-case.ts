import { Injectable } from '@nestjs/common';
import { newId, requestContext } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { AuditTrail } from '../../../audit';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { newOrganization } from '../../domain/organization';
import { SessionStart } from '../session-start';
import type { SignedIn } from '../session-views';
import { TokenHolders } from '../token-holders';
import { SignUpSwitch } from './sign-up-switch';
import { SignUpTokens } from './sign-up-tokens';

/** The token that proves an address, who holds it, and from where it comes. */
export interface Confirmation {
  readonly token: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  /** The one that they choose; of someone who became a user meanwhile, the one that they have. */
  readonly password: string | undefined;
  /** In place of the one asked for, which may be taken by now. */
  readonly slug: string | undefined;
  readonly ipAddress: string;
  readonly userAgent: string | undefined;
}

/** Makes the organization that someone signed up for, and lets them in. Once for each token. */
@Injectable()
export class ConfirmSignUp {
  constructor(
    private readonly open: SignUpSwitch,
    private readonly tokens: SignUpTokens,
    private readonly holders: TokenHolders,
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly people: PeopleRepository,
    private readonly sessions: SessionStart,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Throws `SignUpClosed`, `SignUpNotValid` and, with the token still good, `PersonIncomplete`, `WrongCredentials`,
   * `PersonAppeared`, `OrganizationInvalid`, `SlugTaken` and what a bad password throws.
   */
  async execute({ token, slug, userAgent, ...given }: Confirmation): Promise<SignedIn> {
    this.open.demandOpen();
    const ipAddress = storableAddress(given.ipAddress);
    const found = await this.tokens.find(token);
    const { user, isNew } = await this.holders.identify(found.signUp.email, { ...given, ipAddress });
    const orgId = newId();
    const actor = { type: 'user', id: user.id } as const;
    const requestId = requestContext()?.requestId ?? newId();
    return this.database.runInOrg({ orgId, actor, requestId, pool: 'service' }, async () => {
      const signUp = await this.tokens.take(found);
      const organization = newOrganization({ ...signUp, slug: slug ?? signUp.slug });
      await this.organizations.insert({ id: orgId, ...organization });
      if (isNew) await this.people.introduce(user);
      await this.people.insertMembership(user.id, 'owner');
      await this.audit.record({ eventType: 'tenancy.signed-up', operation: 'SIGN_UP', orgId, actor });
      const { name: orgName, slug: orgSlug } = organization;
      const membership = { orgId, orgName, orgSlug, orgStatus: 'active', role: 'owner' } as const;
      return this.sessions.begin({ user, membership }, { ipAddress, userAgent });
    });
  }
}
