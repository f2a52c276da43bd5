import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import {
  CurrentPrincipal,
  CurrentScope,
  IdParam,
  IfMatch,
  pageOf,
  PageQueryDto,
  Route,
  type Page,
} from '../../../common/http';
import { ChangeMemberRole } from '../app/membership/change-member-role.use-case';
import { ListMembers } from '../app/membership/list-members.query';
import { RemoveMember } from '../app/membership/remove-member.use-case';
import { ChangeMemberDto, MemberDto } from './members.dto';
import { sessionOf } from './session-of';
import { LastOwner, MemberNotFound, OwnersOnly } from '../domain/member-errors';

@ApiTags('Members')
@Controller('members')
export class MembersController {
  constructor(
    private readonly listMembers: ListMembers,
    private readonly changeRole: ChangeMemberRole,
    private readonly removeMember: RemoveMember,
  ) {}

  @Route.get('', {
    summary: 'List members',
    description: 'In the order in which they joined.',
    permission: 'members.manage',
    response: pageOf(MemberDto),
    ownTransactions: true,
    errors: [400, 422],
  })
  list(@Query() { limit, cursor }: PageQueryDto, @CurrentScope() scope: OrgScope): Promise<Page<MemberDto>> {
    return this.listMembers.page(scope, limit, cursor);
  }

  @Route.patch(':userId', {
    summary: "Change a member's role",
    description:
      'Holds everywhere within a second. Owners are made and changed by owners alone; the last owner stays one (409).',
    permission: 'members.manage',
    response: MemberDto,
    ownTransactions: true,
    errors: [400, 422, new MemberNotFound(), new LastOwner(), new OwnersOnly()],
  })
  change(
    @IdParam('userId') userId: Uuid,
    @Body() { role }: ChangeMemberDto,
    @IfMatch() ifMatch: number | undefined,
    @CurrentScope() scope: OrgScope,
  ): Promise<MemberDto> {
    return this.changeRole.execute(scope, userId, role, ifMatch);
  }

  @Route.delete(':userId', {
    summary: 'Remove a member',
    description:
      'Their sessions here end. What they did stays; conversations assigned to them are nobody’s; API keys that they made go on.',
    permission: 'members.manage',
    ownTransactions: true,
    errors: [new MemberNotFound(), new LastOwner(), new OwnersOnly()],
  })
  remove(
    @IdParam('userId') userId: Uuid,
    @IfMatch() ifMatch: number | undefined,
    @CurrentScope() scope: OrgScope,
  ): Promise<void> {
    return this.removeMember.execute(scope, userId, ifMatch);
  }

  @Route.post('leave', {
    summary: 'Leave the organization',
    description: 'For the caller themselves. The last owner cannot (409).',
    permission: 'self',
    ownTransactions: true,
    errors: [new LastOwner()],
  })
  leave(@CurrentScope() scope: OrgScope, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.removeMember.leave(scope, sessionOf(principal).userId);
  }
}
