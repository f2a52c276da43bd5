import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { ConversationsRepository } from '../db/conversations.repository';
import { ConversationNotFound } from '../domain/errors';
import type { MessageCause } from '../domain/message';
import { checkText } from '../domain/reply-text';
import { WriteMessage } from './write-message';

/** What someone wants to say, and who. */
export interface Reply {
  readonly conversationId: Uuid;
  readonly text: string;
  readonly author: Actor;
  /** When it is to be sent; at once when it is not said. */
  readonly sendAt?: Date | undefined;
  readonly cause?: MessageCause | undefined;
}

/** Writes a message into a conversation. */
@Injectable()
export class ReplyInConversation {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: WriteMessage,
  ) {}

  /** Returns the message's id. Throws `ConversationNotFound`, `TextNotSendable` and what {@link WriteMessage.write} throws. */
  async execute({ conversationId, text, author, sendAt, cause }: Reply): Promise<Uuid> {
    const conversation = await this.conversations.lock(conversationId);
    if (!conversation) throw new ConversationNotFound();
    checkText(text);
    return this.messages.write({
      conversation,
      content: { text, media: [], template: null },
      purpose: 'reply',
      consentPurpose: 'transactional',
      author,
      inReplyTo: null,
      sendAt: sendAt ?? null,
      cause: cause ?? null,
    });
  }
}
