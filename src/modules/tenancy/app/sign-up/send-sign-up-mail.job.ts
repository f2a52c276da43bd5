import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { Uuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { Mailer, MailRefused, type Mail } from '../../../../common/mail';
import { PeopleRepository } from '../../db/people.repository';
import { SignUpsRepository } from '../../db/sign-ups.repository';
import { randomSecret } from '../secrets';
import { addressKnownMail, confirmationMail } from './sign-up-mails';

export const SEND_SIGN_UP_MAIL = 'tenancy.send-sign-up-mail';

interface SendSignUpMailPayload {
  readonly signUpId: Uuid;
}

/**
 * Answers a sign-up by mail. The token is made here and its hash committed before the mail goes out, so that nothing but the
 * mail ever holds it; another attempt replaces it.
 */
@Injectable()
@JobHandler({ name: SEND_SIGN_UP_MAIL, transaction: 'platform' })
export class SendSignUpMail implements HandlesJob<SendSignUpMailPayload> {
  constructor(
    private readonly config: Config,
    private readonly people: PeopleRepository,
    private readonly signUps: SignUpsRepository,
    private readonly mailer: Mailer,
    private readonly log: Log,
  ) {}

  async handle({ signUpId }: SendSignUpMailPayload): Promise<void> {
    const signUp = await this.signUps.find(signUpId);
    if (!signUp) return;
    if (await this.people.findForSignIn(signUp.email)) return this.send(addressKnownMail(signUp));
    const token = `fds_${randomSecret()}`;
    if (await this.signUps.setToken(signUpId, sha256(token)))
      await this.send(confirmationMail(signUp, token, this.config.consoleUrl));
  }

  private async send(mail: Mail): Promise<void> {
    try {
      await this.mailer.send(mail);
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
      this.log.warn('the mail about a sign-up was refused', { reason: error.reason });
    }
  }
}
