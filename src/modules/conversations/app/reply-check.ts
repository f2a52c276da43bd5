import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { Channels, Consent } from '../../channels';
import { Tenancy } from '../../tenancy';
import { replyRefusal, type SendRefusal } from '../domain/reply-rules';

/** A thread, as far as it decides whether it can be written in. */
interface Thread {
  readonly connectionId: Uuid | null;
  readonly contactAddress: string;
  readonly sessionWindowEndsAt: Date | null;
}

/** Asks whether free text can be sent in a thread now. */
@Injectable()
export class ReplyCheck {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly channels: Channels,
    private readonly consent: Consent,
    private readonly clock: Clock,
  ) {}

  /**
   * Why it cannot, or null. Asking for consent locks it until the transaction ends: an opt-out that comes at the same time
   * either is seen here, or finds what was done.
   */
  async refusal(thread: Thread, { regardlessOfConsent = false } = {}): Promise<SendRefusal | null> {
    if (await this.tenancy.isSuspended()) return 'organization_suspended';
    const { connectionId, contactAddress, sessionWindowEndsAt } = thread;
    const connection = connectionId ? await this.channels.connection(connectionId) : undefined;
    const mayMessage =
      regardlessOfConsent ||
      (connection !== undefined && (await this.consent.mayMessage(contactAddress, connection.channel)));
    return replyRefusal({ connection, mayMessage, sessionWindowEndsAt, now: this.clock.now() });
  }
}
