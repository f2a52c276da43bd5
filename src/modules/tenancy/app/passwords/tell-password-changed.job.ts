import { Injectable } from '@nestjs/common';
import { asUuid } from '../../../../common/context';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { Mailer, MailRefused } from '../../../../common/mail';
import { PeopleRepository } from '../../db/people.repository';
import { Letters } from '../letters';

export const TELL_PASSWORD_CHANGED = 'tenancy.tell-password-changed';

/** Tells a person that their password was changed: if it was not them, they learn of it. */
@Injectable()
@JobHandler({ name: TELL_PASSWORD_CHANGED, transaction: 'own' })
export class TellPasswordChanged implements HandlesJob<{ userId: string }> {
  constructor(
    private readonly people: PeopleRepository,
    private readonly letters: Letters,
    private readonly mailer: Mailer,
  ) {}

  async handle({ userId }: { userId: string }): Promise<void> {
    const user = await this.people.findById(asUuid(userId));
    if (!user) return;
    try {
      await this.mailer.send(this.letters.passwordChanged(user.email));
    } catch (error) {
      // A mailbox that is gone stays gone.
      if (!(error instanceof MailRefused)) throw error;
    }
  }
}
