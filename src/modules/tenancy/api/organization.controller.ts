import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, Route } from '../../../common/http';
import { CurrentOrganization } from '../app/current-organization.query';
import { WhoAmI } from '../app/who-am-i.query';
import { CallerDto, OrganizationDto } from './organization.dto';

@ApiTags('Organization')
@Controller()
export class OrganizationController {
  constructor(
    private readonly whoAmI: WhoAmI,
    private readonly organization: CurrentOrganization,
  ) {}

  @Route.get('me', {
    summary: 'Who am I',
    description: 'The user or API key that is calling, the organization, the role and what they may do.',
    permission: 'organization.read',
    response: CallerDto,
    ownTransactions: true,
  })
  me(@CurrentScope() scope: OrgScope, @CurrentPrincipal() principal: Principal): Promise<CallerDto> {
    return this.whoAmI.execute(scope, principal);
  }

  @Route.get('organization', {
    summary: 'Read the organization',
    description: 'The organization that the credential belongs to.',
    permission: 'organization.read',
    response: OrganizationDto,
  })
  read(): Promise<OrganizationDto> {
    return this.organization.read();
  }
}
