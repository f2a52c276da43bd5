import { Injectable } from '@nestjs/common';
import type { Hold } from '../db/messages.repository';
import { checkSendAt } from '../domain/send-time';
import { isWindowOpen } from '../domain/session-window';
import type { MessageDraft } from './message-draft';
import { RecipientTime } from './recipient-time';

/** Decides until when a message waits, and why. */
@Injectable()
export class SendTimes {
  constructor(private readonly recipients: RecipientTime) {}

  /** Null: it may go at once. Throws `SendTimePassed` and `SendTimeTooFar`. */
  async holdFor({ sendAt, ...draft }: MessageDraft, now: Date): Promise<Hold | null> {
    if (sendAt !== null) checkSendAt(sendAt, now);
    const quietUntil = await this.quietUntil(draft, sendAt ?? now);
    if (quietUntil) return { because: 'quiet_hours', until: quietUntil };
    return sendAt && { because: 'scheduled', until: sendAt };
  }

  private async quietUntil(draft: Omit<MessageDraft, 'sendAt'>, at: Date): Promise<Date | undefined> {
    const { id, contact_id: contactId, contact_address: address } = draft.conversation;
    const live = draft.purpose === 'reply' && isWindowOpen(draft.conversation.session_window_ends_at, at);
    const timed = { id, contactId, address, purpose: draft.consentPurpose, live };
    return (await this.recipients.holdUntil([timed], at)).get(id);
  }
}
