import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { PeopleRepository, type MembershipRow } from '../../db/people.repository';
import type { Role } from '../../domain/roles';
import { organizationView, type OrganizationView } from '../session-views';

/** An organization that someone belongs to. */
export interface OwnOrganization extends OrganizationView {
  readonly role: Role;
  readonly status: string;
  /** The one that the credential leads to. */
  readonly isCurrent: boolean;
}

/** Where the caller belongs, joined first first. */
@Injectable()
export class OwnOrganizations {
  constructor(private readonly people: PeopleRepository) {}

  async list(userId: Uuid, currentId: Uuid): Promise<OwnOrganization[]> {
    const memberships = await this.people.memberships(userId);
    return memberships.map((membership) => ownOrganization(membership, currentId));
  }
}

export function ownOrganization(membership: MembershipRow, currentId: Uuid): OwnOrganization {
  const { role, orgStatus: status, orgId } = membership;
  return { ...organizationView(membership), role, status, isCurrent: orgId === currentId };
}
