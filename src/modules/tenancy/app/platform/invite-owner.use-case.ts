import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { OrganizationNotFound } from '../../domain/errors';
import { OwnerInvitations } from './owner-invitations';

/** Invites someone to own an organization that has no owner: the first invitation expired, or went astray, and ends. */
@Injectable()
export class InviteOwner {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly organizations: OrganizationsRepository,
    private readonly owners: OwnerInvitations,
  ) {}

  /** Throws `OrganizationNotFound`, `OrganizationHasOwner`, `AlreadyInvited` and `TooManyInvitations`. */
  async execute(scope: OrgScope, orgId: Uuid, email: string): Promise<void> {
    await this.effects.once({ ...scope, orgId, pool: 'service' }, async () => {
      if (!(await this.organizations.current())) throw new OrganizationNotFound();
      await this.owners.send(email, scope.actor.id);
    });
  }
}
