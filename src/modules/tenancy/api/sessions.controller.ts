import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope, Uuid } from '../../../common/context';
import {
  CurrentPrincipal,
  CurrentScope,
  IdParam,
  pageOf,
  PageQueryDto,
  Route,
  type Page,
} from '../../../common/http';
import { EndSessions } from '../app/account/end-sessions.use-case';
import { ListSessions } from '../app/account/list-sessions.query';
import { sessionOf } from './session-of';
import { SessionDto } from './sessions.dto';
import { SessionNotFound } from '../domain/session-errors';

@ApiTags('Authentication')
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly listSessions: ListSessions,
    private readonly endSessions: EndSessions,
  ) {}

  @Route.get('sessions', {
    summary: 'List where you are signed in',
    description: 'Newest first, in whichever of your organizations.',
    permission: 'self',
    response: pageOf(SessionDto),
    ownTransactions: true,
    errors: [400, 422],
  })
  list(
    @Query() { limit, cursor }: PageQueryDto,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<SessionDto>> {
    return this.listSessions.page({ scope, ...sessionOf(principal), limit, cursor });
  }

  @Route.delete('sessions/:id', {
    summary: 'End one of your sessions',
    description: 'Its tokens stop working everywhere within a second.',
    permission: 'self',
    ownTransactions: true,
    errors: [new SessionNotFound()],
  })
  end(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.endSessions.one(scope, sessionOf(principal).userId, id);
  }

  @Route.post('sign-out-everywhere', {
    summary: 'Sign out everywhere',
    description: 'Ends every session of yours, this one included.',
    permission: 'self',
    ownTransactions: true,
  })
  endAll(@CurrentScope() scope: OrgScope, @CurrentPrincipal() principal: Principal): Promise<void> {
    const { userId, sessionId } = sessionOf(principal);
    return this.endSessions.all(scope, userId, sessionId);
  }
}
