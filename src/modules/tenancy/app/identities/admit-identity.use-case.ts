import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { IdentitiesRepository } from '../../db/identities.repository';
import { PeopleRepository } from '../../db/people.repository';
import { SessionEnded } from '../../domain/errors';
import { chooseOrganization, type ExternalIdentity } from '../../domain/external-identity';
import { EmailNotVerified, NotAMember } from '../../domain/identity-errors';
import { IdentityLinks } from './identity-links';
import { ProvisionUser } from './provision-user.use-case';

/**
 * Makes someone known by their provider's subject: a member with the same address is linked to it; whoever is no member
 * becomes one if they were invited, or where the organization allows it.
 */
@Injectable()
export class AdmitIdentity {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentitiesRepository,
    private readonly people: PeopleRepository,
    private readonly links: IdentityLinks,
    private readonly provisioning: ProvisionUser,
  ) {}

  /** Admitting twice, or many at once, is as admitting once. Throws what `ExternalIdentities.recognise` says. */
  async execute(identity: ExternalIdentity): Promise<void> {
    const { email, issuer, subject } = identity;
    const linked = await this.identities.user(issuer, subject);
    if (email === undefined) throw linked ? new NotAMember() : new EmailNotVerified();
    const user = linked ?? (await this.people.findForSignIn(email));
    if (user && user.status !== 'active') throw new SessionEnded();
    const place = user && chooseOrganization(await this.people.memberships(user.id), identity);
    if (place)
      await this.database.runInOrg(systemScope(place.orgId), () => this.links.make(user.id, identity));
    else await this.provisioning.execute({ ...identity, email }, user?.id);
  }
}
