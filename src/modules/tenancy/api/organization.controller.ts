import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, Route } from '../../../common/http';
import { ChangeOrganization } from '../app/change-organization.use-case';
import { CurrentOrganization } from '../app/current-organization.query';
import { ChangeOrganizationDto, OrganizationDto } from './organization.dto';

@ApiTags('Organization')
@Controller('organization')
export class OrganizationController {
  constructor(
    private readonly organization: CurrentOrganization,
    private readonly changeOrganization: ChangeOrganization,
  ) {}

  @Route.get('', {
    summary: 'Read the organization',
    description: 'The organization that the credential belongs to.',
    permission: 'organization.read',
    response: OrganizationDto,
  })
  read(): Promise<OrganizationDto> {
    return this.organization.read();
  }

  @Route.patch('', {
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
