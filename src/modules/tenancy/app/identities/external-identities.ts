import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { IdentitiesRepository } from '../../db/identities.repository';
import { PeopleRepository } from '../../db/people.repository';
import { SessionEnded } from '../../domain/errors';
import { chooseOrganization, type ExternalIdentity } from '../../domain/external-identity';
import { NotAMember } from '../../domain/identity-errors';
import type { Role } from '../../domain/roles';
import { AdmitIdentity } from './admit-identity.use-case';
import { ShortMemory } from '../short-memory';

/** Who someone is here whom a provider vouches for, and in which organization. */
export interface ExternalCaller {
  readonly userId: Uuid;
  readonly orgId: Uuid;
  readonly role: Role;
}

/**
 * The people behind verified tokens, at most a second old: whoever is removed or disabled is out within that second,
 * however long the token lasts.
 */
@Injectable()
export class ExternalIdentities {
  private readonly memory = new ShortMemory<ExternalCaller>(10_000);

  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly people: PeopleRepository,
    private readonly admission: AdmitIdentity,
  ) {}

  /**
   * By subject; whoever is not known by it, or not in that organization, is admitted where that is allowed. Throws
   * {@link SessionEnded} for disabled users, {@link NotAMember}, `EmailNotVerified`, `OrganizationNotNamed` and
   * `OrganizationSuspended`.
   */
  recognise(identity: ExternalIdentity): Promise<ExternalCaller> {
    const { issuer, subject, email, organization } = identity;
    const key = JSON.stringify([issuer, subject, email, organization]);
    return this.memory.get(key, async () => {
      const known = await this.callerOf(identity);
      if (known) return known;
      await this.admission.execute(identity);
      const admitted = await this.callerOf(identity);
      if (!admitted) throw new NotAMember();
      return admitted;
    });
  }

  private async callerOf(identity: ExternalIdentity): Promise<ExternalCaller | undefined> {
    const user = await this.identities.user(identity.issuer, identity.subject);
    if (!user) return undefined;
    if (user.status !== 'active') throw new SessionEnded();
    const place = chooseOrganization(await this.people.memberships(user.id), identity);
    return place && { userId: user.id, orgId: place.orgId, role: place.role };
  }
}
