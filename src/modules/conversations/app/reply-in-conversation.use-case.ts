import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { ConversationsRepository } from '../db/conversations.repository';
import { Channels } from '../../channels';
import { ConversationNotFound, ConnectionGone, TextBesideTemplate } from '../domain/errors';
import type { MessageCause } from '../domain/message';
import { checkText } from '../domain/reply-text';
import { TemplateContent, type ComposedTemplate, type TemplateChoice } from './template-content';
import { WriteMessage } from './write-message';

/** What someone wants to say, and who. */
export interface Reply {
  readonly conversationId: Uuid;
  /** What to say, unless a template says it. */
  readonly text?: string | undefined;
  readonly template?: TemplateChoice | undefined;
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
    private readonly templates: TemplateContent,
    private readonly channels: Channels,
  ) {}

  /**
   * Returns the message's id. Throws `ConversationNotFound`, `TextNotSendable`, `TextBesideTemplate`, and what
   * {@link TemplateContent.compose} and {@link WriteMessage.write} throw.
   */
  async execute({ conversationId, author, sendAt, cause, ...said }: Reply): Promise<Uuid> {
    const conversation = await this.conversations.lock(conversationId);
    if (!conversation) throw new ConversationNotFound();
    const { content, purpose: consentPurpose } = await this.contentOf(said, conversation.connection_id);
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

  private async contentOf(
    { text, template }: Pick<Reply, 'text' | 'template'>,
    connectionId: Uuid | null,
  ): Promise<ComposedTemplate> {
    if (!template) {
      checkText(text ?? '');
      return { content: { text: text ?? null, media: [], template: null }, purpose: 'transactional' };
    }
    if (text !== undefined) throw new TextBesideTemplate();
    const connection = connectionId && (await this.channels.connection(connectionId));
    if (!connection) throw new ConnectionGone();
    return this.templates.compose(template, connection);
  }
}
