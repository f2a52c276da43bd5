import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { Channels } from '../../../channels';
import { Contacts } from '../../../contacts';
import { ContactPhones } from '../../db/calls/contact-phones.repository';
import { ConversationsRepository } from '../../db/conversations.repository';
import { NotACallConnection, UnknownCallee } from '../../domain/call-errors';
import type { MessageCause } from '../../domain/message';
import type { ConsentPurpose } from '../../domain/message-content';
import { checkText } from '../../domain/reply-text';
import { WriteMessage } from '../write-message';

/** What somebody is to be told by phone. */
export interface VoiceReminder {
  readonly contactId: Uuid;
  readonly connectionId: Uuid;
  readonly text: string;
  readonly purpose: ConsentPurpose;
  readonly author: Actor;
  readonly sendAt?: Date | undefined;
  readonly cause?: MessageCause | undefined;
}

/** Has a contact called and told a text: a message on a voice number, under the rules of every message. */
@Injectable()
export class CallWithText {
  constructor(
    private readonly contacts: Contacts,
    private readonly channels: Channels,
    private readonly phones: ContactPhones,
    private readonly conversations: ConversationsRepository,
    private readonly messages: WriteMessage,
    private readonly clock: Clock,
  ) {}

  /** Returns the message's id. Throws `TextNotSendable`, {@link UnknownCallee}, {@link NotACallConnection} and what {@link WriteMessage.write} throws. */
  async execute({ text, purpose, author, ...reminder }: VoiceReminder): Promise<Uuid> {
    checkText(text);
    const connection = await this.channels.connection(reminder.connectionId);
    if (connection?.channel !== 'voice') throw new NotACallConnection();
    const contactId = await this.contacts.current(reminder.contactId);
    const contactAddress = contactId && (await this.phones.of(contactId));
    if (!contactAddress) throw new UnknownCallee();
    const place = { contactId, connectionId: connection.id, contactAddress, at: this.clock.now() };
    return this.messages.write({
      conversation: await this.conversations.lockOrCreate(place),
      content: { text, media: [], template: null },
      purpose: 'reply',
      consentPurpose: purpose,
      author,
      inReplyTo: null,
      sendAt: reminder.sendAt ?? null,
      cause: reminder.cause ?? null,
    });
  }
}
