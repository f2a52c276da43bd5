import { Injectable } from '@nestjs/common';
import { MembershipsRepository } from '../../db/memberships.repository';

/** Who is told what concerns a whole organization. */
@Injectable()
export class OrganizationOwners {
  constructor(private readonly memberships: MembershipsRepository) {}

  /**
   * Where the owners of the organization at hand, who can sign in, are reached by mail. In the transaction at hand, which is one
   * of the service role: requests see no people.
   */
  addresses(): Promise<string[]> {
    return this.memberships.ownerAddresses();
  }
}
