import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { ConversationsRepository } from '../db/conversations.repository';
import { ConversationNotFound } from '../domain/errors';
import type { MessageCause } from '../domain/message';
import { ReplyContent, type Said } from './reply-content';
import { WriteMessage } from './write-message';

/** What someone wants to say, and who. */
export interface Reply extends Said {
  readonly conversationId: Uuid;
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
    private readonly contents: ReplyContent,
  ) {}

  /** Returns the message's id. Throws `ConversationNotFound`, and what {@link ReplyContent.of} and {@link WriteMessage.write} throw. */
  async execute({ conversationId, author, sendAt, cause, ...said }: Reply): Promise<Uuid> {
    const conversation = await this.conversations.lock(conversationId);
    if (!conversation) throw new ConversationNotFound();
    const { content, purpose: consentPurpose } = await this.contents.of(said, conversation.connection_id);
    return this.messages.write({
      conversation,
      content,
      purpose: 'reply',
      consentPurpose,
      author,
      inReplyTo: null,
      sendAt: sendAt ?? null,
      cause: cause ?? null,
    });
  }
}
