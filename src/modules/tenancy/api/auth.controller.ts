import { Body, Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import { asUuid, type OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, QuietHeader, Route } from '../../../common/http';
import { RefreshSession } from '../app/refresh-session.use-case';
import { SignIn } from '../app/sign-in.use-case';
import { SignOut } from '../app/sign-out.use-case';
import { SwitchOrganization } from '../app/switch-organization.use-case';
import { sessionOf } from './session-of';
import {
  RefreshDto,
  RefreshedDto,
  SignedInDto,
  SignInDto,
  SwitchedOrganizationDto,
  SwitchOrganizationDto,
} from './auth.dto';
import {
  OrganizationNotFound,
  OrganizationSuspended,
  SessionEnded,
  SignInThrottled,
  TooManySignIns,
  WrongCredentials,
} from '../domain/errors';

@ApiTags('Authentication')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly refreshSession: RefreshSession,
    private readonly signOut: SignOut,
    private readonly switchOrganization: SwitchOrganization,
  ) {}

  @Route.post('sign-in', {
    summary: 'Sign in',
    description: 'Exchanges email and password for an access token and a refresh token.',
    public: true,
    limit: 'address',
    response: SignedInDto,
    status: 200,
    errors: [
      400,
      422,
      new WrongCredentials(),
      new OrganizationSuspended(),
      new SignInThrottled(),
      new TooManySignIns(),
    ],
  })
  begin(
    @Body() body: SignInDto,
    @Ip() ipAddress: string,
    @QuietHeader('user-agent') userAgent?: string,
  ): Promise<SignedInDto> {
    const { email, password, organizationSlug } = body;
    return this.signIn.execute({ email, password, organizationSlug, ipAddress, userAgent });
  }

  @Route.post('refresh', {
    summary: 'Prolong a session',
    description:
      'Exchanges a refresh token for a new access token and the next refresh token. A refresh token works once: ' +
      'the second use of one ends the whole session, since it is in two hands.',
    public: true,
    limit: 'address',
    response: RefreshedDto,
    status: 200,
    errors: [400, 422, new SessionEnded(), new OrganizationSuspended()],
  })
  prolong(@Body() { refreshToken }: RefreshDto, @Ip() ipAddress: string): Promise<RefreshedDto> {
    return this.refreshSession.execute(refreshToken, ipAddress);
  }

  @Route.post('sign-out', {
    summary: 'Sign out',
    description: 'Ends the session: its access tokens and its refresh token stop working.',
    permission: 'self',
    ownTransactions: true,
  })
  end(@CurrentScope() scope: OrgScope, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.signOut.execute(scope, sessionOf(principal).sessionId);
  }

  @Route.post('switch-organization', {
    summary: 'Go on in another organization',
    description:
      'Answers with an access token for another organization of the user, within the same session: the refresh token ' +
      'stays the same and leads there from now on.',
    permission: 'self',
    response: SwitchedOrganizationDto,
    status: 200,
    ownTransactions: true,
    errors: [400, 422, new OrganizationNotFound(), new OrganizationSuspended()],
  })
  switch(
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
    @Body() { organizationId }: SwitchOrganizationDto,
  ): Promise<SwitchedOrganizationDto> {
    const { userId, sessionId } = sessionOf(principal);
    return this.switchOrganization.execute(scope, userId, sessionId, asUuid(organizationId));
  }
}
