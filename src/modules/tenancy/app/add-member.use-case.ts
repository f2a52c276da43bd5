import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Role } from '../domain/roles';
import { Members, type NewMember } from './members';

/** Adds a person to an organization. */
@Injectable()
export class AddMember {
  constructor(
    private readonly database: Database,
    private readonly members: Members,
  ) {}

  /** Returns the user's id. Throws `AlreadyMember` and what a bad password throws. */
  async execute(orgId: Uuid, { role, ...person }: NewMember & { readonly role: Role }): Promise<Uuid> {
    const member = await this.members.prepare(person);
    return this.database.runInOrg(systemScope(orgId), () => this.members.join(member, role));
  }
}
