import type { Uuid } from '../../src/common/context';
import { Tenancy, type Role } from '../../src/modules/tenancy';
import { aMember, as, PASSWORD, type Caller } from './people';
import type { TestApp } from './test-app';

/** Somebody of the organization that operates the installation. */
export interface TestOperator {
  /** Of their organization. */
  readonly orgId: Uuid;
  readonly userId: Uuid;
  readonly token: string;
  readonly caller: Caller;
}

/** Makes the organization that operates the installation, once, and a member of it. */
export async function anOperator(app: TestApp, role: Role = 'admin'): Promise<TestOperator> {
  const tenancy = app.nest.get(Tenancy);
  const known = await tenancy.findOrganizationBySlug('operator');
  const { orgId } =
    known ??
    (await tenancy.createOrganization({
      name: 'Operator',
      slug: 'operator',
      timezone: 'UTC',
      defaultCountry: 'DE',
      isPlatformOwner: true,
      owner: { email: 'operator@example.test', password: PASSWORD, firstName: 'Otto', lastName: 'Operator' },
    }));
  const { userId, token } = await aMember(app, orgId, role);
  return { orgId, userId, token, caller: as(app, token) };
}
