import { Injectable } from '@nestjs/common';
import { Database } from '../../../../common/database';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { SignUpsRepository } from '../../db/sign-ups.repository';
import { normaliseEmail } from '../../domain/email';
import { newOrganization, type OrganizationFacts } from '../../domain/organization';
import { SEND_SIGN_UP_MAIL } from './send-sign-up-mail.job';
import { SignUpSwitch } from './sign-up-switch';

/** A day: time to find the mail, and no longer. */
const LIFETIME = 86_400_000;

/** Someone wants an organization of their own. */
export interface SignUpRequest {
  /** Their own, which a mail has yet to prove. */
  readonly email: string;
  readonly organization: OrganizationFacts;
}

/**
 * Takes in a sign-up. The same is done and answered whether the address is known or not: what differs is told by mail, to
 * whoever owns the address. Who they are, and their password, they say once they hold the token.
 */
@Injectable()
export class RequestSignUp {
  constructor(
    private readonly open: SignUpSwitch,
    private readonly database: Database,
    private readonly signUps: SignUpsRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Throws `SignUpClosed` and `OrganizationInvalid`. Whether the slug is taken is told later. */
  async execute({ organization, email }: SignUpRequest): Promise<void> {
    this.open.demandOpen();
    const facts = newOrganization({ ...organization, isPlatformOwner: false }, 'organization.');
    const at = this.clock.now();
    const expiresAt = new Date(at.getTime() + LIFETIME);
    await this.database.runAsPlatform(async () => {
      const signUpId = await this.signUps.insert({ ...facts, email: normaliseEmail(email) }, at, expiresAt);
      if (signUpId) await this.queue.enqueue(SEND_SIGN_UP_MAIL, { signUpId });
    });
  }
}
