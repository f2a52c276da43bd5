import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { AuditTrail } from '../../../audit';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { OrganizationNotFound } from '../../domain/errors';

/** Lets a suspended organization go on. */
@Injectable()
export class ResumeOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** Who is not suspended stays as they are. Throws `OrganizationNotFound`. */
  async execute(scope: OrgScope, orgId: Uuid): Promise<void> {
    await this.database.runInOrg({ ...scope, orgId, pool: 'service' }, async () => {
      const organization = await this.organizations.lock();
      if (!organization) throw new OrganizationNotFound();
      if (organization.status === 'active') return;
      await this.organizations.setSuspension(null);
      await this.audit.record({
        eventType: 'tenancy.organization-resumed',
        operation: 'RESUME',
        tableName: 'organizations',
        recordId: orgId,
        orgId,
        actor: scope.actor,
      });
    });
  }
}
