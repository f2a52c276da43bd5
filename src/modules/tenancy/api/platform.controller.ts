import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, IdParam, pageOf, Route, type Page } from '../../../common/http';
import { CreateOrganizationForOwner } from '../app/platform/create-organization-for-owner.use-case';
import { InviteOwner } from '../app/platform/invite-owner.use-case';
import { ListOrganizations } from '../app/platform/list-organizations.query';
import { ReadOrganization } from '../app/platform/read-organization.query';
import { ResumeOrganization } from '../app/platform/resume-organization.use-case';
import { SuspendOrganization } from '../app/platform/suspend-organization.use-case';
import { EndOperatorAccess } from '../app/operator-access/end-operator-access.use-case';
import { OpenOperatorAccess } from '../app/operator-access/open-operator-access.use-case';
import {
  CreateOrganizationForOwnerDto,
  OrganizationOverviewDetailsDto,
  OrganizationOverviewDto,
  DaysQueryDto,
  InviteOwnerDto,
  OpenAccessDto,
  OpenedAccessDto,
  OrganizationsQueryDto,
  SuspendDto,
} from './platform.dto';
import { sessionOf } from './session-of';

/** For members of the organization that operates the installation. */
@ApiTags('Platform')
@Controller('platform/organizations')
export class PlatformController {
  constructor(
    private readonly overviews: ListOrganizations,
    private readonly overview: ReadOrganization,
    private readonly createOrganization: CreateOrganizationForOwner,
    private readonly inviteOwner: InviteOwner,
    private readonly suspendOrganization: SuspendOrganization,
    private readonly resumeOrganization: ResumeOrganization,
    private readonly openAccess: OpenOperatorAccess,
    private readonly endAccess: EndOperatorAccess,
  ) {}

  @Route.get('', {
    summary: 'List organizations',
    description:
      'Newest first, each with its health and its use. Counts alone: members, contacts, numbers and texts are not shown.',
    permission: 'platform.operate',
    response: pageOf(OrganizationOverviewDto),
    ownTransactions: true,
    errors: [400, 422],
  })
  list(
    @CurrentScope() { orgId }: OrgScope,
    @Query() { limit, cursor, days, status, search }: OrganizationsQueryDto,
  ): Promise<Page<OrganizationOverviewDto>> {
    return this.overviews.page({ orgId, filter: { status, search }, days, limit, cursor });
  }

  @Route.get(':id', {
    summary: 'Read an organization',
    description: 'With its settings, and how many members have which role. Nobody is named.',
    permission: 'platform.operate',
    response: OrganizationOverviewDetailsDto,
    ownTransactions: true,
    errors: [404, 422],
  })
  read(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Query() { days }: DaysQueryDto,
  ): Promise<OrganizationOverviewDetailsDto> {
    return this.overview.execute(scope, id, days);
  }

  @Route.post('', {
    summary: 'Make an organization',
    description: 'Its owner is invited by mail, and is one when they accept.',
    permission: 'platform.operate',
    response: OrganizationOverviewDetailsDto,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 409, 422],
  })
  create(
    @CurrentScope() scope: OrgScope,
    @Body() { ownerEmail, ...facts }: CreateOrganizationForOwnerDto,
  ): Promise<OrganizationOverviewDetailsDto> {
    return this.createOrganization.execute(scope, facts, ownerEmail);
  }

  @Route.post(':id/owner-invitation', {
    summary: 'Invite an owner',
    description:
      'To an organization that has none. Earlier invitations to own it end: a token that went astray opens nothing any more.',
    permission: 'platform.operate',
    status: 204,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 404, 409, 422],
  })
  invite(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Body() { ownerEmail }: InviteOwnerDto,
  ): Promise<void> {
    return this.inviteOwner.execute(scope, id, ownerEmail);
  }

  @Route.post(':id/suspend', {
    summary: 'Suspend an organization',
    description:
      'Within a second its API answers 403 `organization_suspended` to every credential, and nothing is sent any more. ' +
      'What comes in is still taken in, and opt-outs are obeyed.',
    permission: 'platform.operate',
    status: 204,
    ownTransactions: true,
    errors: [400, 404, 409, 422],
  })
  suspend(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Body() { reason }: SuspendDto,
  ): Promise<void> {
    return this.suspendOrganization.execute(scope, id, reason);
  }

  @Route.post(':id/resume', {
    summary: 'Let a suspended organization go on',
    permission: 'platform.operate',
    status: 204,
    ownTransactions: true,
    errors: [404],
  })
  resume(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<void> {
    return this.resumeOrganization.execute(scope, id);
  }

  @Route.post(':id/access', {
    summary: 'Open an organization’s data',
    description:
      'Answers with a token that reads this one organization, in your own name, for at most an hour. The organization ' +
      'sees it, the reason and what was looked at, in its audit trail, and can end it.',
    permission: 'platform.operate',
    response: OpenedAccessDto,
    ownTransactions: true,
    idempotent: 'sealed',
    errors: [400, 404, 409, 422],
  })
  open(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
    @Body() { reason, minutes }: OpenAccessDto,
  ): Promise<OpenedAccessDto> {
    const { userId: operatorId, sessionId } = sessionOf(principal);
    return this.openAccess.execute(scope, { operatorId, sessionId, orgId: id, reason, minutes });
  }

  @Route.delete(':id/access/:accessId', {
    summary: 'End an access',
    description: 'Before its time, and for good. Ending twice is no error.',
    permission: 'platform.operate',
    ownTransactions: true,
    errors: [404],
  })
  end(
    @IdParam() id: Uuid,
    @IdParam('accessId') accessId: Uuid,
    @CurrentScope() scope: OrgScope,
  ): Promise<void> {
    return this.endAccess.execute({ ...scope, orgId: id, pool: 'service' }, accessId);
  }
}
