import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { asUuid, type OrgScope, type Uuid } from '../../../common/context';
import { CurrentScope, IdParam, IfMatch, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { ConnectNumber } from '../app/connect-number.use-case';
import { ReadSharedNumbers } from '../app/shared-numbers/read-shared-numbers.query';
import { TendSharedNumbers } from '../app/shared-numbers/tend-shared-numbers.use-case';
import {
  AccountSuspended,
  CredentialsRejected,
  InvalidPhoneNumber,
  NumberAlreadyConnected,
  ProviderUnavailable,
} from '../domain/errors';
import {
  CallsNotShared,
  MemberAlready,
  MemberNotFound,
  SharedNumberInUse,
  SharedNumberNotFound,
  UnknownMember,
} from '../domain/shared-number-errors';
import { NEW_SHARED_NUMBERS } from './connection-examples';
import { ConnectionDto, ConnectNumberDto, newNumberOf } from './connections.dto';
import { AddMemberDto, SharedNumberMemberDto } from './shared-numbers.dto';

/** For members of the organization that operates the installation. */
@ApiTags('Platform')
@Controller('platform/shared-numbers')
export class SharedNumbersController {
  constructor(
    private readonly connectNumber: ConnectNumber,
    private readonly read: ReadSharedNumbers,
    private readonly tend: TendSharedNumbers,
  ) {}

  @Route.post('', {
    summary: 'Connect a number that organizations share',
    description:
      'As `POST /channel-connections` does, for `whatsapp` or `sms`, of your own organization; configure `webhookUrl` at the provider. It is changed, ' +
      'verified, and its token replaced, by the routes of channel connections, under the same id.',
    permission: 'platform.operate',
    response: ConnectionDto,
    ownTransactions: true,
    idempotent: true,
    errors: [
      400,
      422,
      new NumberAlreadyConnected(),
      new InvalidPhoneNumber('address'),
      new CallsNotShared(),
      new CredentialsRejected(),
      new AccountSuspended(),
      new ProviderUnavailable(),
    ],
  })
  @ApiBody({ type: ConnectNumberDto, examples: NEW_SHARED_NUMBERS })
  connect(@Body() number: ConnectNumberDto, @CurrentScope() scope: OrgScope): Promise<ConnectionDto> {
    return this.connectNumber.execute(scope, newNumberOf(number), 'shared');
  }

  @Route.get('', {
    summary: 'List shared numbers',
    description: 'Newest first, without credentials.',
    permission: 'platform.operate',
    response: pageOf(ConnectionDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<ConnectionDto>> {
    return this.read.page(limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read a shared number',
    permission: 'platform.operate',
    response: ConnectionDto,
    errors: [new SharedNumberNotFound()],
  })
  one(@IdParam() id: Uuid): Promise<ConnectionDto> {
    return this.read.number(id);
  }

  @Route.delete(':id', {
    summary: 'Remove a shared number',
    description: 'Once nobody uses it and nothing that came over it is parked.',
    permission: 'platform.operate',
    ownTransactions: true,
    errors: [new SharedNumberNotFound(), new SharedNumberInUse()],
  })
  remove(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<void> {
    return this.tend.remove(scope, id, ifMatch);
  }

  @Route.get(':id/members', {
    summary: 'List the organizations that use a number',
    description: 'The one that has used it longest comes first.',
    permission: 'platform.operate',
    response: pageOf(SharedNumberMemberDto),
    ownTransactions: true,
    errors: [400, 422, new SharedNumberNotFound()],
  })
  members(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Query() page: PageQueryDto,
  ): Promise<Page<SharedNumberMemberDto>> {
    return this.read.members(scope, id, page);
  }

  @Route.post(':id/members', {
    summary: 'Let an organization use a number',
    description:
      'It gets a connection of its own with `routing` `shared`, without credentials, and sends over it from then on. Messages ' +
      'of people whom it knows are its own, where no other organization is meant.',
    permission: 'platform.operate',
    response: SharedNumberMemberDto,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 422, new SharedNumberNotFound(), new UnknownMember(), new MemberAlready()],
  })
  add(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Body() { organizationId }: AddMemberDto,
  ): Promise<SharedNumberMemberDto> {
    return this.tend.addMember(scope, id, asUuid(organizationId));
  }

  @Route.delete(':id/members/:organizationId', {
    summary: 'Take a number from an organization',
    description: 'Its connection goes; its conversations stay, and what waits to be sent over it fails.',
    permission: 'platform.operate',
    ownTransactions: true,
    errors: [new SharedNumberNotFound(), new MemberNotFound()],
  })
  removeMember(
    @IdParam() id: Uuid,
    @IdParam('organizationId') organizationId: Uuid,
    @CurrentScope() scope: OrgScope,
  ): Promise<void> {
    return this.tend.removeMember(scope, id, organizationId);
  }
}
