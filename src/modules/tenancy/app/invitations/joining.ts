import { Injectable } from '@nestjs/common';
import { InvitationsRepository } from '../../db/invitations.repository';
import { MembershipsRepository } from '../../db/memberships.repository';
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
    private readonly memberships: MembershipsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly people: PeopleRepository,
    private readonly organizations: OrganizationsRepository,
  ) {}

  /** `user` proved who they are. Throws `InvitationNotValid`, `OrganizationSuspended`, `AlreadyMember` and `PersonAppeared`. */
  async join(found: FoundInvitation, user: SignInRow, { isNew }: { isNew: boolean }): Promise<MembershipRow> {
    // Whoever invites asks whether the person is a member, and must not be overtaken.
    await this.memberships.lock();
    const { id, role } = await this.tokens.lock(found);
    const organization = await this.organizations.current();
    if (!organization) throw new InvitationNotValid();
    if (organization.status !== 'active') throw new OrganizationSuspended();
    if (isNew) await this.people.introduce(user);
    await this.people.insertMembership(user.id, role);
    await this.invitations.accept(id, user.id);
    const { name, slug, status } = organization;
    return { orgId: organization.id, orgName: name, orgSlug: slug, orgStatus: status, role };
  }
}
