import { Injectable } from '@nestjs/common';
import { Channels, Consent } from '../../channels';
import { Tenancy } from '../../tenancy';
import { replyRefusal, type SendRefusal } from '../domain/reply-rules';
import { needsWindow } from '../domain/session-window';
import type { MessageDraft } from './message-draft';

/** Asks whether something can be said in a thread. */
@Injectable()
export class ReplyCheck {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly channels: Channels,
    private readonly consent: Consent,
  ) {}

  /**
   * Why it cannot at `at`, or null. Asking for consent locks it until the transaction ends: an opt-out that comes at the same
   * time either is seen here, or finds what was done.
   */
  async refusal(
    {
      conversation,
      content,
      consentPurpose,
    }: Pick<MessageDraft, 'conversation' | 'content' | 'consentPurpose'>,
    at: Date,
    { regardlessOfConsent = false, codeTo }: { regardlessOfConsent?: boolean; codeTo?: string } = {},
  ): Promise<SendRefusal | null> {
    if (await this.tenancy.isSuspended()) return 'organization_suspended';
    const { connection_id: id, session_window_ends_at: endsAt } = conversation;
    const address = codeTo ?? conversation.contact_address;
    const connection = id ? await this.channels.connection(id) : undefined;
    const barred = connection ? await this.consent.barred(address, connection.channel) : null;
    const mayMessage =
      regardlessOfConsent ||
      (connection !== undefined &&
        (await (codeTo === undefined
          ? this.consent.mayMessage(address, connection.channel, consentPurpose)
          : this.consent.mayAsk(address, connection.channel))));
    return replyRefusal({
      connection,
      barred,
      mayMessage,
      needsWindow: connection !== undefined && needsWindow(connection.channel, content.template),
      // Of another number of theirs than the one that the thread is with, no window is known to be open.
      sessionWindowEndsAt: address === conversation.contact_address ? endsAt : null,
      now: at,
    });
  }
}
