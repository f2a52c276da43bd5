import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Uuid } from '../../../../common/context';
import { IdParam, IfMatch, Route } from '../../../../common/http';
import { SetVerification } from '../../app/verification/set-verification.use-case';
import { ConnectionNotFound } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';
import { ConnectionDto } from '../connections.dto';
import { WantedVerificationDto, wantedVerification } from './verification.dto';

@ApiTags('Channel connections')
@Controller('channel-connections/:id/verification')
export class VerificationController {
  constructor(private readonly verification: SetVerification) {}

  @Route.put('', {
    summary: 'Enforce signatures, or observe for a while',
    description:
      'For a number whose webhooks are set up elsewhere: with `observe`, deliveries are taken in whose signature does not fit, ' +
      'each marked in the webhook log, and after `hours` it ends by itself. Meanwhile whoever knows the address of the webhook can ' +
      'write in anybody’s name. Owners get a mail when it begins, and when it ends, with how many there were.',
    permission: 'connections.manage',
    response: ConnectionDto,
    errors: [400, 422, new ConnectionNotFound(), new NumberIsShared()],
  })
  set(
    @IdParam() id: Uuid,
    @Body() wanted: WantedVerificationDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ConnectionDto> {
    return this.verification.execute(id, wantedVerification(wanted), ifMatch);
  }
}
