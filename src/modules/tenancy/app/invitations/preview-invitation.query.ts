import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { InvitationNotValid } from '../../domain/invitation-errors';
import type { Role } from '../../domain/roles';
import { InvitationTokens } from './invitation-tokens';

/** What whoever holds a token wants to know before they accept. */
export interface InvitationPreview {
  readonly organizationName: string;
  readonly email: string;
  readonly role: Role;
  /** True: accepting takes this person's password. False: names and a new password. */
  readonly isUser: boolean;
}

/** What a token opens. */
@Injectable()
export class PreviewInvitation {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationTokens,
    private readonly organizations: OrganizationsRepository,
    private readonly people: PeopleRepository,
  ) {}

  /** Throws {@link InvitationNotValid}. */
  async execute(token: string): Promise<InvitationPreview> {
    const { orgId, invitation } = await this.invitations.find(token);
    const organization = await this.database.runInOrg({ ...systemScope(orgId), readOnly: true }, () =>
      this.organizations.current(),
    );
    if (!organization) throw new InvitationNotValid();
    const { email, role } = invitation;
    const isUser = (await this.people.findForSignIn(email)) !== undefined;
    return { organizationName: organization.name, email, role, isUser };
  }
}
