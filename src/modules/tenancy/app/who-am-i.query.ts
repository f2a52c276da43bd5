import { Injectable } from '@nestjs/common';
import type { Permission, Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { PeopleRepository, type CallerRow } from '../db/people.repository';
import { OrganizationNotFound } from '../domain/errors';
import type { Role } from '../domain/roles';
import type { OrganizationView, UserView } from './session-views';

/** The caller, as the server sees them: a user or an API key, the other being null. */
export interface Caller {
  readonly user: UserView | null;
  readonly apiKey: { readonly id: Uuid; readonly name: string; readonly prefix: string } | null;
  readonly organization: OrganizationView;
  readonly role: Role | null;
  readonly permissions: Permission[];
}

/** Who is calling, where, and what they may do. */
@Injectable()
export class WhoAmI {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
  ) {}

  /** Names of users are read as the service role: requests have no access to people. */
  async execute(scope: OrgScope, { actor, permissions }: Principal): Promise<Caller> {
    const userId = actor.type === 'user' ? actor.id : null;
    const keyId = actor.type === 'api_key' ? actor.id : null;
    const row = await this.database.runInOrg({ ...scope, pool: 'service' }, () =>
      this.people.caller(userId, keyId),
    );
    if (!row) throw new OrganizationNotFound();
    return {
      user: userOf(userId, row),
      apiKey: keyOf(keyId, row),
      organization: { id: row.org_id, name: row.org_name, slug: row.org_slug },
      role: row.role,
      permissions: [...permissions].sort(),
    };
  }
}

function userOf(id: Uuid | null, { email, first_name, last_name }: CallerRow): UserView | null {
  if (id === null || email === null) return null;
  return { id, email, firstName: first_name ?? '', lastName: last_name ?? '' };
}

function keyOf(id: Uuid | null, { key_name, key_prefix }: CallerRow): Caller['apiKey'] {
  if (id === null || key_name === null || key_prefix === null) return null;
  return { id, name: key_name, prefix: key_prefix };
}
