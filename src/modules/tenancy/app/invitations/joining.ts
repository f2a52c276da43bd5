import { Injectable } from '@nestjs/common';
import { InvitationsRepository } from '../../db/invitations.repository';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository, type MembershipRow, type SignInRow } from '../../db/people.repository';
import { OrganizationSuspended } from '../../domain/errors';
import { InvitationNotValid } from '../../domain/invitation-errors';
import { InvitationTokens, type FoundInvitation } from './invitation-tokens';

/** Turns an invitation into a membership, in the transaction of its organization. */
@Injectable()
export class Joining {
  constructor(
    private readonly tokens: InvitationTokens,
    private readonly invitations: InvitationsRepository,
    private readonly people: PeopleRepository,
    private readonly organizations: OrganizationsRepository,
  ) {}

  /** `user` proved who they are. Throws `InvitationNotValid`, `OrganizationSuspended`, `AlreadyMember` and `PersonAppeared`. */
  async join(found: FoundInvitation, user: SignInRow, { isNew }: { isNew: boolean }): Promise<MembershipRow> {
    const { id, role } = await this.tokens.lock(found);
    const organization = await this.organizations.current();
    if (!organization) throw new InvitationNotValid();
    if (organization.status !== 'active') throw new OrganizationSuspended();
    if (isNew)
      await this.people.insert({
        id: user.id,
        email: user.email,
        firstName: user.first_name,
        lastName: user.last_name,
        passwordHash: user.password_hash,
      });
    await this.people.insertMembership(user.id, role);
    await this.invitations.accept(id, user.id);
    const { name, slug, status } = organization;
    return { orgId: organization.id, orgName: name, orgSlug: slug, orgStatus: status, role };
  }
}
