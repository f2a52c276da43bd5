import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { EventBus, Subscribe, type ListensTo } from '../../../common/events';
import { Channels, InboundMessageReceived, type InboundMessage } from '../../channels';
import { Contacts } from '../../contacts';
import { ConversationsRepository } from '../db/conversations.repository';
import { MessagesRepository } from '../db/messages.repository';
import { textToKeep } from '../domain/message';
import { MessageReceived } from '../domain/message-received';
import { sessionWindowAfter } from '../domain/session-window';
import { AnswerConsentWord } from './answer-consent-word';
import { IncomingMedia, namedFiles } from './media/incoming-media';

/** Stores what a customer wrote in the thread with them, and opens the session window. Once, however often it is told. */
@Injectable()
@Subscribe(InboundMessageReceived, 'conversations.store-message')
export class StoreInboundMessage implements ListensTo<InboundMessageReceived> {
  constructor(
    private readonly contacts: Contacts,
    private readonly channels: Channels,
    private readonly conversations: ConversationsRepository,
    private readonly messages: MessagesRepository,
    private readonly media: IncomingMedia,
    private readonly answer: AnswerConsentWord,
    private readonly events: EventBus,
  ) {}

  async handle({ payload }: InboundMessageReceived): Promise<void> {
    const { orgId, keyword, keywordId, answeredByProvider, webhookLogId } = payload;
    // Since they wrote they may have become one with another contact, or have been erased, what they wrote included.
    const contactId = await this.contacts.current(payload.contactId);
    if (!contactId) return;
    const message = await this.channels.inboundMessage({ webhookLogId, receivedAt: payload.receivedAt });
    if (!message) return;
    const contactAddress = message.from.address;
    const at = message.receivedAt;
    // The number may have been removed since; what was written to it is kept all the same.
    const connectionId = (await this.channels.connection(payload.connectionId))?.id ?? null;
    const thread = await this.conversations.lockOrCreate({ contactId, connectionId, contactAddress, at });
    const messageId = await this.store(message, thread.id, contactId);
    if (!messageId) return;
    const sessionWindowEndsAt = sessionWindowAfter(at);
    await this.conversations.noteIncoming(
      { conversationId: thread.id, messageId, at },
      { contactAddress, businessAddress: message.to },
      sessionWindowEndsAt,
    );
    const conversation = {
      ...thread,
      contact_address: contactAddress,
      session_window_ends_at: sessionWindowEndsAt,
    };
    if (keyword && !answeredByProvider)
      await this.answer.execute({ keyword, keywordId: keywordId ?? null, messageId, conversation });
    await this.events.publish(
      new MessageReceived({ orgId, conversationId: thread.id, messageId, contactId }),
    );
  }

  /** Undefined when it is stored already. */
  private async store(
    message: InboundMessage,
    conversationId: Uuid,
    contactId: Uuid,
  ): Promise<Uuid | undefined> {
    const id = newId();
    const files = namedFiles(message);
    const isNew = await this.messages.insertIncoming({
      id,
      conversationId,
      contactId,
      text: textToKeep(message.body),
      media: files.map((file) => ({ id: file.id })),
      providerMessageId: message.providerMessageId,
      raw: message.raw,
      at: message.receivedAt,
    });
    if (!isNew) return undefined;
    await this.media.expect(id, files);
    return id;
  }
}
