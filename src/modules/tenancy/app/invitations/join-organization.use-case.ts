import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { PeopleRepository } from '../../db/people.repository';
import { InvitationNotValid } from '../../domain/invitation-errors';
import { ownOrganization, type OwnOrganization } from '../account/own-organizations.query';
import { InvitationTokens } from './invitation-tokens';
import { Joining } from './joining';

/** Lets someone who is signed in accept an invitation to their own address: the sign-in proves who they are. */
@Injectable()
export class JoinOrganization {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly invitations: InvitationTokens,
    private readonly joining: Joining,
    private readonly people: PeopleRepository,
  ) {}

  /**
   * The organization is the one that the token proves to be invited to. Throws {@link InvitationNotValid} for another
   * person's token too.
   */
  async execute(scope: OrgScope, userId: Uuid, token: string): Promise<OwnOrganization> {
    const found = await this.invitations.find(token);
    const user = await this.people.findById(userId);
    if (user?.email !== found.invitation.email) throw new InvitationNotValid();
    return this.effects.once({ ...scope, orgId: found.orgId, pool: 'service' }, async () =>
      ownOrganization(await this.joining.join(found, user, { isNew: false }), scope.orgId),
    );
  }
}
