import { Body, Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, QuietHeader, Route } from '../../../common/http';
import { ConfirmSignUp } from '../app/sign-up/confirm-sign-up.use-case';
import { FoundOrganization } from '../app/sign-up/found-organization.use-case';
import { RequestSignUp } from '../app/sign-up/request-sign-up.use-case';
import { SignedInDto } from './auth.dto';
import { OrganizationDto } from './organization.dto';
import { sessionOf } from './session-of';
import { ConfirmSignUpDto, NewOrganizationDto, SignUpDto, SignUpTakenDto } from './sign-up.dto';

const TAKEN: SignUpTakenDto = {
  message: 'If the address can be used, a mail is on its way to it. Confirm the sign-up within 24 hours.',
};

@ApiTags('Sign-up')
@Controller()
export class SignUpController {
  constructor(
    private readonly requestSignUp: RequestSignUp,
    private readonly confirmSignUp: ConfirmSignUp,
    private readonly foundOrganization: FoundOrganization,
  ) {}

  @Route.post('auth/sign-up', {
    summary: 'Sign up',
    description:
      'Asks for an organization of one’s own. Nothing is made before the token that is mailed to the address is sent ' +
      'back. The answer is the same whether or not the address belongs to a user already: that is told by mail.',
    public: true,
    limit: 'address',
    response: SignUpTakenDto,
    status: 202,
    errors: [400, 403, 422],
  })
  async begin(@Body() body: SignUpDto): Promise<SignUpTakenDto> {
    await this.requestSignUp.execute(body);
    return TAKEN;
  }

  @Route.post('auth/sign-up/confirm', {
    summary: 'Confirm a sign-up',
    description:
      'Makes the organization and its owner, and signs them in. Someone new gives names and a password; someone who became ' +
      'a user meanwhile gives their own password. A token works once. Where the slug is taken by now (409) it is still ' +
      'good: send it again with another slug.',
    public: true,
    limit: 'address',
    response: SignedInDto,
    status: 200,
    errors: [400, 401, 403, 404, 409, 422, 429],
  })
  confirm(
    @Body() body: ConfirmSignUpDto,
    @Ip() ipAddress: string,
    @QuietHeader('user-agent') userAgent?: string,
  ): Promise<SignedInDto> {
    const { token, firstName, lastName, password, slug } = body;
    return this.confirmSignUp.execute({ token, firstName, lastName, password, slug, ipAddress, userAgent });
  }

  @Route.post('organizations', {
    summary: 'Open another organization',
    description: 'The caller owns it, and goes there with `POST /auth/switch-organization`.',
    permission: 'self',
    response: OrganizationDto,
    answersOrganization: true,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 409, 422],
  })
  found(
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
    @Body() body: NewOrganizationDto,
  ): Promise<OrganizationDto> {
    return this.foundOrganization.execute(scope, sessionOf(principal).userId, body);
  }
}
