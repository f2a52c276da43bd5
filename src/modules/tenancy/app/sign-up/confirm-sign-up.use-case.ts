import { Injectable } from '@nestjs/common';
import { newId, requestContext, systemScope, type Uuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { storableAddress } from '../../../../common/http';
import { AuditTrail } from '../../../audit';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { SignUpsRepository } from '../../db/sign-ups.repository';
import { newOrganization } from '../../domain/organization';
import { SignUpTokenInvalid } from '../../domain/organization-errors';
import { Members } from '../members';
import { SessionStart } from '../session-start';
import type { SignedIn } from '../session-views';
import { SignUpSwitch } from './sign-up-switch';

/** The token that proves an address, and from where it comes. */
export interface Confirmation {
  readonly token: string;
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
    private readonly database: Database,
    private readonly signUps: SignUpsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly members: Members,
    private readonly people: PeopleRepository,
    private readonly sessions: SessionStart,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `SignUpClosed`, `SignUpTokenInvalid`, `OrganizationInvalid`, and `SlugTaken`: then the token is still good. */
  async execute({ token, slug, userAgent, ...from }: Confirmation): Promise<SignedIn> {
    this.open.demandOpen();
    const ipAddress = storableAddress(from.ipAddress);
    const { orgId, email } = await this.found(sha256(token), slug);
    const user = await this.people.findForSignIn(email);
    const membership = user && (await this.people.memberships(user.id)).find((one) => one.orgId === orgId);
    if (!user || !membership) throw new SignUpTokenInvalid();
    return this.sessions.begin({ user, membership }, { ipAddress, userAgent });
  }

  private async found(tokenHash: string, slug: string | undefined): Promise<{ orgId: Uuid; email: string }> {
    const orgId = newId();
    const email = await this.database.runInOrg(systemScope(orgId, requestContext()?.requestId), async () => {
      const signUp = await this.signUps.take(tokenHash);
      if (!signUp) throw new SignUpTokenInvalid();
      const organization = newOrganization({ ...signUp, slug: slug ?? signUp.slug });
      await this.organizations.insert({ id: orgId, ...organization });
      const userId = await this.members.join(signUp, 'owner');
      await this.signUps.forget(signUp.email);
      await this.audit.record({
        eventType: 'tenancy.signed-up',
        operation: 'SIGN_UP',
        orgId,
        actor: { type: 'user', id: userId },
      });
      return signUp.email;
    });
    return { orgId, email };
  }
}
