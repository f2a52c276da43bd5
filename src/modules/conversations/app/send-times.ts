import { Injectable } from '@nestjs/common';
import type { Hold } from '../db/messages.repository';
import { checkSendAt } from '../domain/send-time';
import type { MessageDraft } from './message-draft';

/** Decides until when a message waits, and why. */
@Injectable()
export class SendTimes {
  /** Null: it may go at once. Throws `SendTimePassed` and `SendTimeTooFar`. */
  async holdFor({ sendAt }: MessageDraft, now: Date): Promise<Hold | null> {
    if (sendAt === null) return null;
    checkSendAt(sendAt, now);
    return { because: 'scheduled', until: sendAt };
  }
}
