import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ConsentWords, type ConsentKeyword } from '../../channels';
import type { ConversationRow } from '../db/conversations.repository';
import { answersRegardlessOfConsent } from './consent-reply';
import { WriteMessage } from './write-message';

/** The message to answer, and its thread, locked. */
export interface ConsentWord {
  readonly keyword: ConsentKeyword;
  readonly keywordId: Uuid | null;
  readonly messageId: Uuid;
  readonly conversation: ConversationRow;
}

/** Answers an opt-out, opt-in or help word, once. */
@Injectable()
export class AnswerConsentWord {
  constructor(
    private readonly messages: WriteMessage,
    private readonly words: ConsentWords,
  ) {}

  async execute({ keyword, keywordId, messageId, conversation }: ConsentWord): Promise<void> {
    const text = await this.words.answer(keyword, keywordId);
    const draft = {
      conversation,
      content: { text, media: [], template: null },
      purpose: 'consent_reply',
      consentPurpose: 'transactional',
      author: { type: 'system', id: null },
      inReplyTo: messageId,
      sendAt: null,
      cause: null,
    } as const;
    await this.messages.answer(draft, answersRegardlessOfConsent(keyword));
  }
}
