import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { asUuid, type OrgScope, type Uuid } from '../../../common/context';
import { CurrentScope, IdParam, pageOf, Route, type Page } from '../../../common/http';
import { ReadParkedDeliveries } from '../app/shared-numbers/read-parked-deliveries.query';
import { SettleParkedDelivery } from '../app/shared-numbers/settle-parked-delivery.use-case';
import {
  NotAMemberOfNumber,
  ParkedDeliveryNotFound,
  ParkedDeliverySettled,
} from '../domain/shared-number-errors';
import {
  AssignParkedDeliveryDto,
  ParkedDeliveriesQueryDto,
  ParkedDeliveryDto,
} from './parked-deliveries.dto';

/** For members of the organization that operates the installation. */
@ApiTags('Platform')
@Controller('platform/parked-deliveries')
export class ParkedDeliveriesController {
  constructor(
    private readonly read: ReadParkedDeliveries,
    private readonly settle: SettleParkedDelivery,
  ) {}

  @Route.get('', {
    summary: 'List messages whose organization is not known',
    description:
      'They came over shared numbers. Newest first; of the sender three figures are shown, and nothing of what was written.',
    permission: 'platform.operate',
    response: pageOf(ParkedDeliveryDto),
    errors: [400, 422],
  })
  list(@Query() { state, limit, cursor }: ParkedDeliveriesQueryDto): Promise<Page<ParkedDeliveryDto>> {
    return this.read.page(state, limit, cursor);
  }

  @Route.get(':id', {
    summary: 'Read one of them',
    permission: 'platform.operate',
    response: ParkedDeliveryDto,
    errors: [new ParkedDeliveryNotFound()],
  })
  one(@IdParam() id: Uuid): Promise<ParkedDeliveryDto> {
    return this.read.one(id);
  }

  @Route.post(':id/assign', {
    summary: 'Say whose a message is',
    description:
      'That organization takes it in as if it had come to a number of its own, once. The sender’s next messages go there as well.',
    permission: 'platform.operate',
    response: ParkedDeliveryDto,
    status: 200,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 422, new ParkedDeliveryNotFound(), new ParkedDeliverySettled(), new NotAMemberOfNumber()],
  })
  assign(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @Body() { organizationId }: AssignParkedDeliveryDto,
  ): Promise<ParkedDeliveryDto> {
    return this.settle.assign(scope, id, asUuid(organizationId));
  }

  @Route.post(':id/discard', {
    summary: 'Discard a message',
    description: 'It is nobody’s: spam, or a wrong number. Nobody sees it any more.',
    permission: 'platform.operate',
    response: ParkedDeliveryDto,
    status: 200,
    ownTransactions: true,
    idempotent: true,
    errors: [new ParkedDeliveryNotFound(), new ParkedDeliverySettled()],
  })
  discard(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<ParkedDeliveryDto> {
    return this.settle.discard(scope, id);
  }
}
