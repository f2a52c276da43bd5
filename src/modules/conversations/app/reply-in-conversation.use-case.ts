import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { Channels } from '../../channels';
import { ConversationsRepository, type ConversationRow } from '../db/conversations.repository';
import { ConversationNotFound } from '../domain/errors';
import type { MessageCause } from '../domain/message';
import type { MediaReference } from '../domain/message-content';
import { checkText } from '../domain/reply-text';
import { AttachedMedia } from './media/attached-media';
import { WriteMessage } from './write-message';

/** What someone wants to say, and who. */
export interface Reply {
  readonly conversationId: Uuid;
  /** May be left out where there are files. */
  readonly text?: string | undefined;
  /** Uploads that go with it. */
  readonly mediaIds?: readonly Uuid[] | undefined;
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
    private readonly channels: Channels,
    private readonly files: AttachedMedia,
  ) {}

  /** Returns the message's id. Throws `ConversationNotFound`, `TextNotSendable`, `MediaNotSendable` and what {@link WriteMessage.write} throws. */
  async execute({ conversationId, text = '', mediaIds = [], author, sendAt, cause }: Reply): Promise<Uuid> {
    const conversation = await this.conversations.lock(conversationId);
    if (!conversation) throw new ConversationNotFound();
    if (mediaIds.length === 0 || text !== '') checkText(text);
    return this.messages.write({
      conversation,
      content: {
        text: text === '' ? null : text,
        media: await this.filesFor(conversation, mediaIds),
        template: null,
      },
      purpose: 'reply',
      consentPurpose: 'transactional',
      author,
      inReplyTo: null,
      sendAt: sendAt ?? null,
      cause: cause ?? null,
    });
  }

  /** Of a connection that is gone nothing is asked: nothing is sent on it. */
  private async filesFor(
    { connection_id: connectionId }: ConversationRow,
    ids: readonly Uuid[],
  ): Promise<MediaReference[]> {
    const connection =
      connectionId && ids.length > 0 ? await this.channels.connection(connectionId) : undefined;
    if (!connection) return [];
    return (await this.files.take(ids, connection.channel)).map(({ id }) => ({ id }));
  }
}
