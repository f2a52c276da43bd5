import { Injectable } from '@nestjs/common';
import { asUuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { Mailer, MailRefused } from '../../../../common/mail';
import { SignUpsRepository } from '../../db/sign-ups.repository';
import { Letters } from '../letters';
import { formatMailedToken } from '../mailed-token';
import { randomSecret } from '../secrets';

export const SEND_SIGN_UP_MAIL = 'tenancy.send-sign-up-mail';

/**
 * Answers a sign-up by mail. The token is made here and its hash committed before the mail goes out, so that nothing but the
 * mail ever holds it; another attempt replaces it. An address that is a user's gets none.
 */
@Injectable()
@JobHandler({ name: SEND_SIGN_UP_MAIL, transaction: 'own' })
export class SendSignUpMail implements HandlesJob<{ signUpId: string }> {
  constructor(
    private readonly signUps: SignUpsRepository,
    private readonly letters: Letters,
    private readonly mailer: Mailer,
    private readonly log: Log,
  ) {}

  async handle({ signUpId }: { signUpId: string }): Promise<void> {
    const id = asUuid(signUpId);
    const secret = randomSecret();
    const letter = await this.signUps.giveToken(id, sha256(secret));
    if (!letter) return;
    const token = formatMailedToken('fds', { ids: [id], secret });
    try {
      await this.mailer.send(
        letter.isUser ? this.letters.addressKnown(letter) : this.letters.confirmSignUp(letter, token),
      );
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
      this.log.warn('the mail about a sign-up was refused', { reason: error.reason });
    }
  }
}
