import { Injectable } from '@nestjs/common';
import { asUuid, systemScope } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob, type OrgJobPayload } from '../../../../common/jobs';
import { Mailer, MailRefused } from '../../../../common/mail';
import { InvitationsRepository } from '../../db/invitations.repository';
import { Letters } from '../letters';
import { formatMailedToken } from '../mailed-token';
import { randomSecret } from '../secrets';

export const SEND_INVITATION = 'tenancy.send-invitation';

/**
 * Mails an invitation. The token is made here and its hash committed before the mail goes out: no payload, table or log
 * holds it. Another attempt makes another token, so that the newest mail is the one that counts.
 */
@Injectable()
@JobHandler({ name: SEND_INVITATION, transaction: 'own' })
export class SendInvitation implements HandlesJob<OrgJobPayload & { invitationId: string }> {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly letters: Letters,
    private readonly mailer: Mailer,
  ) {}

  async handle(payload: OrgJobPayload & { invitationId: string }): Promise<void> {
    const id = asUuid(payload.invitationId);
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    const secret = randomSecret();
    const letter = await this.database.runInOrg(scope, () => this.invitations.giveToken(id, sha256(secret)));
    if (!letter) return;
    const token = formatMailedToken('fdi', { ids: [scope.orgId, id], secret });
    const state = await this.send(letter, token);
    await this.database.runInOrg(scope, () => this.invitations.noteMail(id, state));
  }

  /** A refusal for good is told to whoever invited; everything else is tried again. */
  private async send(
    letter: Parameters<Letters['invitation']>[0],
    token: string,
  ): Promise<'sent' | 'refused'> {
    try {
      await this.mailer.send(this.letters.invitation(letter, token));
      return 'sent';
    } catch (error) {
      if (error instanceof MailRefused) return 'refused';
      throw error;
    }
  }
}
