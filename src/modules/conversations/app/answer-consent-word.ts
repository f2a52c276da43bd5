import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import type { ConsentKeyword } from '../../channels';
import { ConversationsRepository } from '../db/conversations.repository';
import { MessagesRepository } from '../db/messages.repository';
import { answersRegardlessOfConsent, consentReplyText } from './consent-reply';
import { ReplyCheck } from './reply-check';
import { SendQueue } from './send-queue';

/** The message to answer, and its thread. */
export interface ConsentWord {
  readonly keyword: ConsentKeyword;
  readonly messageId: Uuid;
  readonly conversationId: Uuid;
  readonly connectionId: Uuid | null;
  readonly contactAddress: string;
  readonly sessionWindowEndsAt: Date;
}

/** Answers an opt-out, opt-in or help word, once. */
@Injectable()
export class AnswerConsentWord {
  constructor(
    private readonly check: ReplyCheck,
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly clock: Clock,
  ) {}

  async execute({ keyword, messageId, conversationId, ...thread }: ConsentWord): Promise<void> {
    const regardlessOfConsent = answersRegardlessOfConsent(keyword);
    if (await this.check.refusal(thread, { regardlessOfConsent })) return;
    const id = newId();
    const at = this.clock.now();
    const isNew = await this.messages.insertOutgoing({
      id,
      conversationId,
      text: consentReplyText(keyword),
      purpose: 'consent_reply',
      author: { type: 'system', id: null },
      inReplyTo: messageId,
      at,
    });
    if (!isNew) return;
    await this.conversations.noteOutgoing({ conversationId, messageId: id, at });
    await this.queue.send({ id });
  }
}
