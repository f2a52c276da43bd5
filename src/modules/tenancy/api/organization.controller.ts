import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, IfMatch, Route } from '../../../common/http';
import { ChangeOrganization } from '../app/change-organization.use-case';
import { CurrentOrganization } from '../app/current-organization.query';
import { WhoAmI } from '../app/who-am-i.query';
import { CallerDto, ChangeOrganizationDto, OrganizationDto } from './organization.dto';

@ApiTags('Organization')
@Controller()
export class OrganizationController {
  constructor(
    private readonly whoAmI: WhoAmI,
    private readonly organization: CurrentOrganization,
    private readonly changeOrganization: ChangeOrganization,
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

  @Route.patch('organization', {
    summary: 'Change settings of the organization',
    description:
      'Name, slug, time zone, country, language, quiet hours, and for how long things are kept; what is left out stays.',
    permission: 'organization.manage',
    response: OrganizationDto,
    errors: [409, 422],
  })
  change(@Body() body: ChangeOrganizationDto, @IfMatch() ifMatch?: number): Promise<OrganizationDto> {
    return this.changeOrganization.execute(body, ifMatch);
  }
}
