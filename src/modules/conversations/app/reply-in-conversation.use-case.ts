import { Injectable } from '@nestjs/common';
import { newId, type Actor, type Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { ConversationsRepository } from '../db/conversations.repository';
import { MessagesRepository } from '../db/messages.repository';
import { ConversationNotFound, errorOfRefusal } from '../domain/errors';
import { checkText } from '../domain/reply-text';
import { ReplyCheck } from './reply-check';
import { SendQueue } from './send-queue';

/** What someone wants to say, and who. */
export interface Reply {
  readonly conversationId: Uuid;
  readonly text: string;
  readonly author: Actor;
}

/** Writes a message into a conversation and queues it; it is sent after the commit. */
@Injectable()
export class ReplyInConversation {
  constructor(
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly check: ReplyCheck,
    private readonly queue: SendQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the message's id. Throws `ConversationNotFound`, `TextNotSendable`, `ConnectionGone`,
   * `ConversationConnectionInactive`, `ContactOptedOut` and `SessionWindowClosed`.
   */
  async execute({ conversationId, text, author }: Reply): Promise<Uuid> {
    const conversation = await this.conversations.lock(conversationId);
    if (!conversation) throw new ConversationNotFound();
    checkText(text);
    const refusal = await this.check.refusal({
      connectionId: conversation.connection_id,
      contactAddress: conversation.contact_address,
      sessionWindowEndsAt: conversation.session_window_ends_at,
    });
    if (refusal) throw errorOfRefusal(refusal);

    const id = newId();
    const at = this.clock.now();
    await this.messages.insertOutgoing({
      id,
      conversationId,
      text,
      purpose: 'reply',
      author,
      inReplyTo: null,
      at,
    });
    await this.conversations.noteOutgoing({ conversationId, messageId: id, at });
    await this.queue.send({ id });
    return id;
  }
}
