import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, Route } from '../../../common/http';
import { MappingNotFound } from '../../channels';
import { ConfirmVerification } from '../app/verification/confirm-verification.use-case';
import { RequestVerification } from '../app/verification/request-verification.use-case';
import { ContactOptedOut, NumberSuspended, NumberUnreachable, SessionWindowClosed } from '../domain/errors';
import {
  CodeWrong,
  NoCodeOpen,
  NoConnectionForChannel,
  TooManyCodes,
  VerificationNeedsContact,
} from '../domain/verification/verification-errors';
import {
  ConfirmVerificationDto,
  RequestVerificationDto,
  VerificationDto,
  VerifiedNumberDto,
} from './phone-verifications.dto';

const NOT_SENT = [
  new MappingNotFound(),
  new VerificationNeedsContact(),
  new NoConnectionForChannel(),
  new NumberSuspended(),
  new NumberUnreachable(),
  new ContactOptedOut(),
  new SessionWindowClosed(),
  new TooManyCodes('mapping'),
];

@ApiTags('Phone number mappings')
@Controller('phone-mappings')
export class PhoneVerificationsController {
  constructor(
    private readonly requests: RequestVerification,
    private readonly confirmations: ConfirmVerification,
  ) {}

  @Route.post(':id/verification', {
    summary: 'Send a code to a number',
    description:
      'Six digits, for ten minutes, which nobody reads but the person: stored messages have dots in their place. It takes the place of a code that was sent before. Sent to whoever did not opt out of the channel; on WhatsApp within 24 hours of their last message. Three codes an hour for a mapping, six a day to a number, a hundred an hour for an organization (429 `too_many_codes`).',
    permission: 'contacts.write',
    response: VerificationDto,
    ownTransactions: true,
    idempotent: true,
    errors: [400, 403, 409, 422, ...NOT_SENT],
  })
  request(
    @IdParam() id: Uuid,
    @Body() { channel }: RequestVerificationDto,
    @CurrentScope() scope: OrgScope,
  ): Promise<VerificationDto> {
    return this.requests.execute(scope, id, channel);
  }

  @Route.post(':id/verification/confirm', {
    summary: 'Confirm the code that a number got',
    description: 'The number is verified then. A code can be tried five times, the right one included.',
    permission: 'contacts.write',
    response: VerifiedNumberDto,
    status: 200,
    ownTransactions: true,
    errors: [400, 422, new MappingNotFound(), new NoCodeOpen(), new CodeWrong(4)],
  })
  confirm(
    @IdParam() id: Uuid,
    @Body() { code }: ConfirmVerificationDto,
    @CurrentScope() scope: OrgScope,
  ): Promise<VerifiedNumberDto> {
    return this.confirmations.execute(scope, id, code);
  }
}
