import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, Route } from '../../../common/http';
import { ChangeProvisioning } from '../app/identities/change-provisioning.use-case';
import { ChangeProvisioningDto, ProvisioningDto } from './provisioning.dto';

@ApiTags('Organization')
@Controller('organization/provisioning')
export class ProvisioningController {
  constructor(private readonly provisioning: ChangeProvisioning) {}

  @Route.get('', {
    summary: 'Read who comes in uninvited',
    description:
      'Whether someone whom an identity provider vouches for becomes a member with the first request, and as what.',
    permission: 'members.manage',
    response: ProvisioningDto,
  })
  read(): Promise<ProvisioningDto> {
    return this.provisioning.read();
  }

  @Route.patch('', {
    summary: 'Change who comes in uninvited',
    description:
      'What is left out stays. It counts from the next request on; who became a member before remains one. Nobody becomes an owner like this, and who was removed does not come back. An invitation is accepted by the first request of the invited person, whatever is set here.',
    permission: 'members.manage',
    response: ProvisioningDto,
    errors: [422],
  })
  change(
    @Body() change: ChangeProvisioningDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ProvisioningDto> {
    return this.provisioning.execute(change, ifMatch);
  }
}
