import { Body, Controller, Ip, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { OrgScope, Uuid } from '../../../common/context';
import { CurrentScope, IdParam, IfMatch, pageOf, QuietHeader, Route, type Page } from '../../../common/http';
import { AcceptInvitation } from '../app/invitations/accept-invitation.use-case';
import { InvitePerson } from '../app/invitations/invite-person.use-case';
import { ListInvitations } from '../app/invitations/list-invitations.query';
import { PreviewInvitation } from '../app/invitations/preview-invitation.query';
import { ResendInvitation } from '../app/invitations/resend-invitation.use-case';
import { RevokeInvitation } from '../app/invitations/revoke-invitation.use-case';
import { SignedInDto } from './auth.dto';
import {
  AcceptInvitationDto,
  InvitationDto,
  InvitationPreviewDto,
  InvitationsQueryDto,
  InvitationTokenDto,
  InviteDto,
} from './invitations.dto';

@ApiTags('Invitations')
@Controller('invitations')
export class InvitationsController {
  constructor(
    private readonly invite: InvitePerson,
    private readonly listInvitations: ListInvitations,
    private readonly revokeInvitation: RevokeInvitation,
    private readonly resendInvitation: ResendInvitation,
    private readonly previewInvitation: PreviewInvitation,
    private readonly acceptInvitation: AcceptInvitation,
  ) {}

  @Route.post('', {
    summary: 'Invite someone',
    description:
      'They get a mail with a token that works once, for a week. Of such mails one address gets 3 an hour; an organization ' +
      'sends 50 an hour and 200 a day (429 `too_many_invitations`).',
    permission: 'members.manage',
    response: InvitationDto,
    idempotent: true,
    errors: [400, 409, 422],
  })
  create(@Body() { email, role }: InviteDto, @CurrentScope() scope: OrgScope): Promise<InvitationDto> {
    return this.invite.execute(scope, email, role);
  }

  @Route.get('', {
    summary: 'List invitations',
    description: 'Newest first, closed ones included.',
    permission: 'members.manage',
    response: pageOf(InvitationDto),
    errors: [400, 422],
  })
  list(@Query() { limit, cursor, status }: InvitationsQueryDto): Promise<Page<InvitationDto>> {
    return this.listInvitations.page({ state: status, limit, cursor });
  }

  @Route.delete(':id', {
    summary: 'Revoke an invitation',
    description:
      'Its token opens nothing any more. Revoking twice is no error. Only an owner revokes one that makes owners.',
    permission: 'members.manage',
    errors: [404, 409],
  })
  revoke(
    @IdParam() id: Uuid,
    @CurrentScope() scope: OrgScope,
    @IfMatch() ifMatch: number | undefined,
  ): Promise<void> {
    return this.revokeInvitation.execute(scope, id, ifMatch);
  }

  @Route.post(':id/resend', {
    summary: 'Send an invitation again',
    description: 'With another token, for a week from now; the token of the earlier mail stops working.',
    permission: 'members.manage',
    response: InvitationDto,
    status: 202,
    idempotent: true,
    errors: [404, 409, 422, 429],
  })
  resend(@IdParam() id: Uuid, @CurrentScope() scope: OrgScope): Promise<InvitationDto> {
    return this.resendInvitation.execute(scope, id);
  }

  @Route.post('preview', {
    summary: 'See what an invitation is to',
    description: 'For whoever holds the token; it is not used up.',
    public: true,
    limit: 'address',
    response: InvitationPreviewDto,
    status: 200,
    errors: [400, 404, 422, 429],
  })
  preview(@Body() { token }: InvitationTokenDto): Promise<InvitationPreviewDto> {
    return this.previewInvitation.execute(token);
  }

  @Route.post('accept', {
    summary: 'Accept an invitation',
    description:
      'Makes whoever holds the token a member, and signs them in. Someone new gives names and a password; someone who is a ' +
      'user already gives their own password, or accepts while signed in (`POST /me/organizations`).',
    public: true,
    limit: 'address',
    response: SignedInDto,
    status: 200,
    errors: [400, 401, 403, 404, 409, 422, 429],
  })
  accept(
    @Body() body: AcceptInvitationDto,
    @Ip() ipAddress: string,
    @QuietHeader('user-agent') userAgent?: string,
  ): Promise<SignedInDto> {
    const { token, firstName, lastName, password } = body;
    return this.acceptInvitation.execute({ token, firstName, lastName, password, ipAddress, userAgent });
  }
}
