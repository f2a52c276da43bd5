import { Injectable } from '@nestjs/common';
import { asUuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { JobHandler, type HandlesJob } from '../../../../common/jobs';
import { Mailer, MailRefused } from '../../../../common/mail';
import { AuditTrail } from '../../../audit';
import { PasswordResetsRepository, type ResetLetter } from '../../db/password-resets.repository';
import { Letters } from '../letters';
import { formatMailedToken } from '../mailed-token';
import { randomSecret } from '../secrets';

export const SEND_PASSWORD_RESET = 'tenancy.send-password-reset';

/** Nobody's mailbox is filled by someone who types their address. */
const MAILS_PER_HOUR = 5;

/**
 * Mails a token for a new password, where there is somebody to mail it to. The token is made here and its hash committed
 * before the mail goes out; another attempt makes another.
 */
@Injectable()
@JobHandler({ name: SEND_PASSWORD_RESET, transaction: 'own' })
export class SendPasswordReset implements HandlesJob<{ resetId: string }> {
  constructor(
    private readonly database: Database,
    private readonly resets: PasswordResetsRepository,
    private readonly letters: Letters,
    private readonly mailer: Mailer,
    private readonly audit: AuditTrail,
  ) {}

  async handle({ resetId }: { resetId: string }): Promise<void> {
    const id = asUuid(resetId);
    const secret = randomSecret();
    const letter = await this.database.runAsPlatform(async () => {
      const found = await this.resets.giveToken(id, sha256(secret), MAILS_PER_HOUR);
      if (found) await this.record('tenancy.password-reset-requested', found);
      return found;
    });
    if (!letter) return;
    const { email, hasPassword } = letter;
    const token = formatMailedToken('fdr', { ids: [id], secret });
    try {
      await this.mailer.send(
        hasPassword ? this.letters.passwordReset(email, token) : this.letters.noPassword(email),
      );
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
      await this.record('tenancy.password-reset-refused', letter);
    }
  }

  private record(eventType: `tenancy.${string}`, { userId }: ResetLetter): Promise<void> {
    return this.audit.record({
      eventType,
      operation: 'MAIL',
      tableName: 'users',
      recordId: userId,
      orgId: null,
      actor: { type: 'system', id: null },
    });
  }
}
