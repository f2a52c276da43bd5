import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../../common/context';
import { CurrentScope, IdParam, IfMatch, Route } from '../../../../common/http';
import { EndOverlap } from '../../app/credentials/end-overlap.use-case';
import { RotateVerifyToken } from '../../app/handshakes/rotate-verify-token.use-case';
import { ConnectionNotFound, HandshakeNotUsed } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';
import { WebhookSetupDto } from '../connections.dto';

@ApiTags('Channel connections')
@Controller('channel-connections/:id')
export class ConnectionSecretsController {
  constructor(
    private readonly endOverlap: EndOverlap,
    private readonly rotateVerifyToken: RotateVerifyToken,
  ) {}

  @Route.delete('previous-credentials', {
    summary: 'Refuse the secret that was replaced',
    description:
      'Ends the overlap before `previousCredentialsUntil`: within a second, deliveries signed with the old secret are refused. ' +
      'Where none is left, nothing changes.',
    permission: 'connections.manage',
    ownTransactions: true,
    errors: [new ConnectionNotFound(), new NumberIsShared()],
  })
  endPrevious(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<void> {
    return this.endOverlap.execute(scope, id, ifMatch);
  }

  @Route.post('rotate-verify-token', {
    summary: 'Replace the token of the handshake',
    description:
      'For a provider that asks for one (Meta); of others a 409. The one before counts no more. What is set up at the provider goes on ' +
      'working: it asks when an address is entered there. That it was replaced is in the audit trail.',
    permission: 'connections.manage',
    response: WebhookSetupDto,
    status: 200,
    ownTransactions: true,
    idempotent: 'sealed',
    errors: [new ConnectionNotFound(), new NumberIsShared(), new HandshakeNotUsed()],
  })
  rotateHandshake(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<WebhookSetupDto> {
    return this.rotateVerifyToken.execute(scope, id);
  }
}
