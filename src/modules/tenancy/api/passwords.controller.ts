import { Body, Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { OrgScope } from '../../../common/context';
import { CurrentPrincipal, CurrentScope, Route } from '../../../common/http';
import { ChangePassword } from '../app/passwords/change-password.use-case';
import { RequestPasswordReset } from '../app/passwords/request-password-reset.use-case';
import { ResetPassword } from '../app/passwords/reset-password.use-case';
import {
  ChangePasswordDto,
  RequestPasswordResetDto,
  ResetPasswordDto,
  ResetRequestedDto,
} from './passwords.dto';
import { sessionOf } from './session-of';
import { PasswordTooLong, PasswordTooShort, SignInThrottled } from '../domain/errors';
import { ResetNotValid, ResetsThrottled, WrongPassword } from '../domain/password-errors';

@ApiTags('Authentication')
@Controller('auth')
export class PasswordsController {
  constructor(
    private readonly changePassword: ChangePassword,
    private readonly requestReset: RequestPasswordReset,
    private readonly resetPassword: ResetPassword,
  ) {}

  @Route.post('password', {
    summary: 'Change your password',
    description: 'Ends every other session of yours. A mail tells that it was changed.',
    permission: 'self',
    ownTransactions: true,
    errors: [
      400,
      422,
      new WrongPassword(),
      new PasswordTooShort(),
      new PasswordTooLong(),
      new SignInThrottled(),
    ],
  })
  change(
    @Body() body: ChangePasswordDto,
    @CurrentScope() scope: OrgScope,
    @CurrentPrincipal() principal: Principal,
    @Ip() ipAddress: string,
  ): Promise<void> {
    const { currentPassword, newPassword } = body;
    return this.changePassword.execute(scope, {
      ...sessionOf(principal),
      currentPassword,
      newPassword,
      ipAddress,
    });
  }

  @Route.post('password-reset', {
    summary: 'Ask for a new password',
    description:
      'Mails a token that works once, within an hour. The answer is the same whether or not anyone has this address.',
    public: true,
    limit: 'address',
    response: ResetRequestedDto,
    status: 202,
    errors: [400, 422, new ResetsThrottled()],
  })
  async request(
    @Body() { email }: RequestPasswordResetDto,
    @Ip() ipAddress: string,
  ): Promise<ResetRequestedDto> {
    await this.requestReset.execute(email, ipAddress);
    return { message: 'If a user has this address, a mail with a token is on its way.' };
  }

  @Route.post('password-reset/confirm', {
    summary: 'Set a new password',
    description: 'With the mailed token. Ends every session of this user; a mail tells that it was changed.',
    public: true,
    limit: 'address',
    errors: [400, 422, 429, new ResetNotValid(), new PasswordTooShort(), new PasswordTooLong()],
  })
  confirm(@Body() { token, newPassword }: ResetPasswordDto, @Ip() ipAddress: string): Promise<void> {
    return this.resetPassword.execute(token, newPassword, ipAddress);
  }
}
