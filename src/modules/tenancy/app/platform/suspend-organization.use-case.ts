import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Clock } from '../../../../common/time/clock';
import { AuditTrail } from '../../../audit';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { OrganizationNotFound } from '../../domain/errors';
import { PlatformOwnerNotSuspendable } from '../../domain/organization-errors';

/**
 * Suspends an organization: its API refuses every credential, and nothing is sent for it. What comes in is still taken in.
 * Effective within a second on every instance, as long as what is known of a credential is remembered.
 */
@Injectable()
export class SuspendOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Who is suspended already stays so, for the first reason. Throws `OrganizationNotFound` and {@link PlatformOwnerNotSuspendable}. */
  async execute(scope: OrgScope, orgId: Uuid, reason: string): Promise<void> {
    await this.database.runInOrg({ ...scope, orgId, pool: 'service' }, async () => {
      const organization = await this.organizations.lock();
      if (!organization) throw new OrganizationNotFound();
      if (organization.isPlatformOwner) throw new PlatformOwnerNotSuspendable();
      if (organization.status === 'suspended') return;
      await this.organizations.setSuspension({ at: this.clock.now(), reason });
      await this.audit.record({
        eventType: 'tenancy.organization-suspended',
        operation: 'SUSPEND',
        tableName: 'organizations',
        recordId: orgId,
        orgId,
        actor: scope.actor,
        new: { reason },
      });
    });
  }
}
