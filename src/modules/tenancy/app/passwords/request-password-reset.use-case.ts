import { Injectable } from '@nestjs/common';
import { Database } from '../../../../common/database';
import { JobQueue } from '../../../../common/jobs';
import { clientNetwork } from '../../../../common/http';
import { Allowances } from '../../../../common/time/allowance';
import { PasswordResetsRepository } from '../../db/password-resets.repository';
import { normaliseEmail } from '../../domain/email';
import { ResetsThrottled } from '../../domain/password-errors';
import { SEND_PASSWORD_RESET } from './send-password-reset.job';

/** Requests of one address, and of all together; each becomes a row and a job. */
const ADDRESS = { size: 10, perMinute: 5 };
const TOGETHER = { size: 300, perMinute: 300 };

/** Takes in the wish for a new password. Whether the address is a user's plays no part: the job finds that out. */
@Injectable()
export class RequestPasswordReset {
  private readonly allowances = new Allowances(ADDRESS, TOGETHER);

  constructor(
    private readonly database: Database,
    private readonly resets: PasswordResetsRepository,
    private readonly queue: JobQueue,
  ) {}

  /** Throws {@link ResetsThrottled}. */
  async execute(email: string, ipAddress: string): Promise<void> {
    if (!this.allowances.take(clientNetwork(ipAddress))) throw new ResetsThrottled();
    await this.database.runAsPlatform(async () => {
      const resetId = await this.resets.insert(normaliseEmail(email));
      await this.queue.enqueue(SEND_PASSWORD_RESET, { resetId });
    });
  }
}
