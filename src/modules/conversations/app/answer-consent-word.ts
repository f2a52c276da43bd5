import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import type { ConsentKeyword } from '../../channels';
import type { ConversationRow } from '../db/conversations.repository';
import { answersRegardlessOfConsent, consentReplyText } from './consent-reply';
import { WriteMessage } from './write-message';

/** The message to answer, and its thread, locked. */
export interface ConsentWord {
  readonly keyword: ConsentKeyword;
  readonly messageId: Uuid;
  readonly conversation: ConversationRow;
}

/** Answers an opt-out, opt-in or help word, once. */
@Injectable()
export class AnswerConsentWord {
  constructor(private readonly messages: WriteMessage) {}

  execute({ keyword, messageId, conversation }: ConsentWord): Promise<void> {
    const draft = {
      conversation,
      content: { text: consentReplyText(keyword), media: [], template: null },
      purpose: 'consent_reply',
      consentPurpose: 'transactional',
      author: { type: 'system', id: null },
      inReplyTo: messageId,
      sendAt: null,
      cause: null,
    } as const;
    return this.messages.answer(draft, answersRegardlessOfConsent(keyword));
  }
}
