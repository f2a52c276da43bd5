import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, Route } from '../../../common/http';
import { ChangeProfile } from '../app/account/change-profile.use-case';
import { OwnOrganizations } from '../app/account/own-organizations.query';
import { JoinOrganization } from '../app/invitations/join-organization.use-case';
import { WhoAmI } from '../app/who-am-i.query';
import { UserDto } from './auth.dto';
import { InvitationTokenDto } from './invitations.dto';
import { CallerDto, ChangeProfileDto, OwnOrganizationDto } from './me.dto';
import { sessionOf } from './session-of';

@ApiTags('Me')
@Controller('me')
export class MeController {
  constructor(
    private readonly whoAmI: WhoAmI,
    private readonly changeProfile: ChangeProfile,
    private readonly ownOrganizations: OwnOrganizations,
    private readonly joinOrganization: JoinOrganization,
  ) {}

  @Route.get('', {
    summary: 'Who am I',
    description: 'The user or API key that is calling, the organization, the role and what they may do.',
    permission: 'organization.read',
    response: CallerDto,
    ownTransactions: true,
  })
  read(@CurrentScope() scope: OrgScope, @CurrentPrincipal() principal: Principal): Promise<CallerDto> {
    return this.whoAmI.execute(scope, principal);
  }

  @Route.patch('', {
    summary: 'Change your names',
    description: 'They are the same in all of your organizations.',
    permission: 'self',
    response: UserDto,
    ownTransactions: true,
    errors: [400, 422],
  })
  change(
    @Body() body: ChangeProfileDto,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<UserDto> {
    return this.changeProfile.execute(scope, sessionOf(principal).userId, body);
  }

  @Route.get('organizations', {
    summary: 'List your organizations',
    description: 'Those you belong to; `POST /auth/switch-organization` leads to another one.',
    permission: 'self',
    response: [OwnOrganizationDto],
    ownTransactions: true,
  })
  organizations(
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OwnOrganizationDto[]> {
    return this.ownOrganizations.list(sessionOf(principal).userId, scope.orgId);
  }

  @Route.post('organizations', {
    summary: 'Accept an invitation while signed in',
    description: 'For an invitation to your own address. `POST /auth/switch-organization` then leads there.',
    permission: 'self',
    response: OwnOrganizationDto,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 404, 409, 422],
  })
  async join(
    @Body() { token }: InvitationTokenDto,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OwnOrganizationDto> {
    return this.joinOrganization.execute(scope, sessionOf(principal).userId, token);
  }
}
