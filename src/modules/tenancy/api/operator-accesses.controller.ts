import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, pageOf, PageQueryDto, Route, type Page } from '../../../common/http';
import { EndOperatorAccess } from '../app/operator-access/end-operator-access.use-case';
import { ListOperatorAccesses } from '../app/operator-access/list-operator-accesses.query';
import { OperatorAccessDto } from './operator-accesses.dto';
import { OperatorAccessNotFound } from '../domain/organization-errors';

@ApiTags('Organization')
@Controller('operator-accesses')
export class OperatorAccessesController {
  constructor(
    private readonly accesses: ListOperatorAccesses,
    private readonly endAccess: EndOperatorAccess,
  ) {}

  @Route.get('', {
    summary: 'List accesses of the operator',
    description:
      'When whoever operates the installation opened this organization’s data, and why; newest first. What they looked at ' +
      'is in the audit trail (`tenancy.operator-access-used`).',
    permission: 'organization.manage',
    response: pageOf(OperatorAccessDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto): Promise<Page<OperatorAccessDto>> {
    return this.accesses.page(limit, cursor);
  }

  @Route.delete(':id', {
    summary: 'End an access of the operator',
    description: 'For good; their token is refused everywhere within a second. Ending twice is no error.',
    permission: 'organization.manage',
    ownTransactions: true,
    errors: [new OperatorAccessNotFound()],
  })
  end(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<void> {
    return this.endAccess.execute(scope, id);
  }
}
