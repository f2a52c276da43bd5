import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { AuditTrail } from '../../../audit';
import { OperatorAccessesRepository } from '../../db/operator-accesses.repository';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { OrganizationNotFound, OrganizationSuspended } from '../../domain/errors';
import { OwnOrganization } from '../../domain/organization-errors';
import { AccessTokens } from '../access-tokens';
import type { OrganizationView } from '../session-views';

/** Who wants to look, where, why and for how long. */
export interface AccessWish {
  readonly operatorId: Uuid;
  readonly sessionId: Uuid;
  readonly orgId: Uuid;
  readonly reason: string;
  readonly minutes: number;
}

/** A token that reads one organization, for a while. */
export interface OpenedAccess {
  readonly accessId: Uuid;
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly expiresAt: Date;
  readonly organization: OrganizationView;
}

/** Opens one organization's data to the operator, who stays themselves. Told in that organization's audit trail. */
@Injectable()
export class OpenOperatorAccess {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly organizations: OrganizationsRepository,
    private readonly accesses: OperatorAccessesRepository,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Throws `OrganizationNotFound`, `OwnOrganization` and `OrganizationSuspended`. */
  async execute(
    scope: OrgScope,
    { operatorId, sessionId, orgId, reason, minutes }: AccessWish,
  ): Promise<OpenedAccess> {
    if (orgId === scope.orgId) throw new OwnOrganization();
    const at = this.clock.now();
    const expiresAt = new Date(at.getTime() + minutes * 60_000);
    return this.effects.once({ ...scope, orgId, pool: 'service' }, async () => {
      const organization = await this.organizations.current();
      if (!organization) throw new OrganizationNotFound();
      if (organization.status !== 'active') throw new OrganizationSuspended();
      const accessId = await this.accesses.insert({ operatorId, sessionId, reason, at, expiresAt });
      await this.audit.record({
        eventType: 'tenancy.operator-access-opened',
        operation: 'OPEN',
        tableName: 'operator_accesses',
        recordId: accessId,
        orgId,
        actor: scope.actor,
        new: { reason, expiresAt: expiresAt.toISOString() },
      });
      const claims = {
        userId: operatorId,
        orgId,
        sessionId,
        role: 'viewer',
        operatorAccessId: accessId,
      } as const;
      const token = await this.tokens.issue(claims, minutes * 60);
      const { id, name, slug } = organization;
      return { accessId, ...token, expiresAt, organization: { id, name, slug } };
    });
  }
}
