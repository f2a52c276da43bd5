import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, IfMatch, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { ChangeConnection } from '../app/change-connection.use-case';
import { ConnectNumber } from '../app/connect-number.use-case';
import { ReadConnections } from '../app/read-connections.query';
import { ShowWebhookSetup } from '../app/handshakes/show-webhook-setup.query';
import { RemoveConnection } from '../app/remove-connection.use-case';
import { RotateAuthToken } from '../app/rotate-auth-token.use-case';
import { VerifyConnection } from '../app/verify-connection.use-case';
import { NEW_NUMBERS, NEW_SECRETS } from './connection-examples';
import {
  ChangeConnectionDto,
  ConnectionDto,
  ConnectNumberDto,
  newNumberOf,
  RotateTokenDto,
  WebhookSetupDto,
} from './connections.dto';
import {
  AccountSuspended,
  ConnectionNotFound,
  CredentialsRejected,
  InvalidPhoneNumber,
  NumberAlreadyConnected,
  ProviderUnavailable,
  SecretsOfOtherProvider,
} from '../domain/errors';
import { NumberIsShared } from '../domain/shared-number-errors';

@ApiTags('Channel connections')
@Controller('channel-connections')
export class ConnectionsController {
  constructor(
    private readonly connectNumber: ConnectNumber,
    private readonly read: ReadConnections,
    private readonly changeConnection: ChangeConnection,
    private readonly verifyConnection: VerifyConnection,
    private readonly rotateAuthToken: RotateAuthToken,
    private readonly showWebhookSetup: ShowWebhookSetup,
    private readonly removeConnection: RemoveConnection,
  ) {}

  @Route.post('', {
    summary: 'Connect a number',
    description:
      'The credentials are checked at the provider, encrypted, and never given out again. At Twilio it takes `accountSid`, `authToken` and `address`, at Meta `businessAccountId`, `phoneNumberId`, `appId`, `appSecret` and `accessToken`. Then enter at the provider what `GET /channel-connections/{id}/webhook-setup` answers. A number that is connected anywhere is a 409.',
    permission: 'connections.manage',
    response: ConnectionDto,
    ownTransactions: true,
    idempotent: true,
    errors: [
      400,
      422,
      new NumberAlreadyConnected(),
      new InvalidPhoneNumber('address'),
      new CredentialsRejected(),
      new AccountSuspended(),
      new ProviderUnavailable(),
    ],
  })
  @ApiBody({ type: ConnectNumberDto, examples: NEW_NUMBERS })
  connect(@Body() number: ConnectNumberDto, @CurrentScope() scope: OrgScope): Promise<ConnectionDto> {
    return this.connectNumber.execute(scope, newNumberOf(number));
  }

  @Route.get('', {
    summary: 'List connections',
    description: 'Newest first, without credentials.',
    permission: 'connections.read',
    response: pageOf(ConnectionDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<ConnectionDto>> {
    return this.read.page(limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a connection',
    permission: 'connections.read',
    response: ConnectionDto,
    errors: [new ConnectionNotFound()],
  })
  one(@IdParam() id: Uuid): Promise<ConnectionDto> {
    return this.read.one(id);
  }

  @Route.patch(':id', {
    summary: 'Rename a connection, switch it off or on, set its pace',
    description: 'Over a connection that is switched off nothing is sent.',
    permission: 'connections.manage',
    response: ConnectionDto,
    errors: [400, 422, new ConnectionNotFound()],
  })
  change(
    @IdParam() id: Uuid,
    @Body() change: ChangeConnectionDto,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<ConnectionDto> {
    return this.changeConnection.execute(id, change, ifMatch);
  }

  @Route.post(':id/verify', {
    summary: 'Check the stored credentials again',
    description:
      'Asks the provider. When it does not accept them any more, the answer is 422 and nothing changes.',
    permission: 'connections.manage',
    response: ConnectionDto,
    status: 200,
    ownTransactions: true,
    errors: [
      new ConnectionNotFound(),
      new NumberIsShared(),
      new CredentialsRejected(),
      new AccountSuspended(),
      new ProviderUnavailable(),
    ],
  })
  verify(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<ConnectionDto> {
    return this.verifyConnection.execute(scope, id);
  }

  @Route.post(':id/rotate-token', {
    summary: 'Replace the secrets',
    description:
      'The new secret takes the place of the old one when the provider accepts it, and not before: at Twilio `authToken`, of a ' +
      'Cloud API number `accessToken`, `appSecret` or both; what is not given stays. Connections of one account have each their own ' +
      'copy: replace it at every one. Deliveries signed with the old secret are taken in for ' +
      '`overlapHours` more, until `previousCredentialsUntil`; nothing is sent with it. Of a secret that leaked say 0. A secret ' +
      'that was replaced before ends with the next.',
    permission: 'connections.manage',
    response: ConnectionDto,
    status: 200,
    ownTransactions: true,
    idempotent: true,
    errors: [
      400,
      422,
      new ConnectionNotFound(),
      new NumberIsShared(),
      new SecretsOfOtherProvider(['accessToken']),
      new CredentialsRejected(),
      new AccountSuspended(),
      new ProviderUnavailable(),
    ],
  })
  @ApiBody({ type: RotateTokenDto, examples: NEW_SECRETS })
  rotateToken(
    @IdParam() id: Uuid,
    @Body() { overlapHours, authToken, accessToken, appSecret }: RotateTokenDto,
    @CurrentScope() scope: OrgScope,
  ): Promise<ConnectionDto> {
    return this.rotateAuthToken.execute(scope, id, { authToken, accessToken, appSecret }, overlapHours);
  }

  @Route.get(':id/webhook-setup', {
    summary: 'What to enter at the provider',
    description:
      "The webhook's address and, where the provider asks for one (Meta), the token of its handshake. That it was read is in the audit trail.",
    permission: 'connections.manage',
    response: WebhookSetupDto,
    ownTransactions: true,
    errors: [new ConnectionNotFound(), new NumberIsShared()],
  })
  webhookSetup(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<WebhookSetupDto> {
    return this.showWebhookSetup.execute(scope, id);
  }

  @Route.delete(':id', {
    summary: 'Remove a connection',
    description: 'With its credentials. Conversations over it stay; the number can be connected again.',
    permission: 'connections.manage',
    errors: [new ConnectionNotFound(), new NumberIsShared()],
  })
  remove(@IdParam() id: Uuid, @IfMatch() ifMatch: number | undefined): Promise<void> {
    return this.removeConnection.execute(id, ifMatch);
  }
}
