import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Contacts } from '../../contacts';
import { ContactThreadsRepository } from '../db/contact-threads.repository';
import { RecipientNotFound, RecipientUnreachable } from '../domain/errors';
import { ContactThreads, type TextChannel } from './contact-threads';
import { ReplyInConversation, type Reply } from './reply-in-conversation.use-case';

/** What someone wants to say to a contact, wherever that is best said. */
export interface ContactMessage extends Omit<Reply, 'conversationId'> {
  readonly contactId: Uuid;
  /** Left out: the primary channel of their number, or else where they were last. */
  readonly channel?: TextChannel | undefined;
}

/** Writes to a contact when nobody says in which conversation. */
@Injectable()
export class WriteToContact {
  constructor(
    private readonly contacts: Contacts,
    private readonly places: ContactThreadsRepository,
    private readonly threads: ContactThreads,
    private readonly reply: ReplyInConversation,
  ) {}

  /**
   * Returns the message's id. Throws `RecipientNotFound`, `RecipientUnreachable`, `NoConnectionForChannel`, and what
   * {@link ReplyInConversation.execute} throws.
   */
  async execute({ contactId, channel, ...message }: ContactMessage): Promise<Uuid> {
    const recipient = await this.contacts.current(contactId);
    const place = recipient && (await this.places.place(recipient));
    if (!place) throw new RecipientNotFound();
    const { address, primaryChannel } = place;
    if (address === null) throw new RecipientUnreachable();
    const wanted = { contactId: recipient, address, channel, prefer: primaryChannel };
    const { conversation } = await this.threads.open(wanted);
    return this.reply.execute({ ...message, conversationId: conversation.id });
  }
}
