import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import type { Channel } from '../../channels';
import { ContactThreadsRepository } from '../db/contact-threads.repository';
import { ConversationsRepository, type ConversationRow } from '../db/conversations.repository';
import { NoConnectionForChannel } from '../domain/verification/verification-errors';

/** Channels that carry texts. */
export const TEXT_CHANNELS = ['whatsapp', 'sms'] as const;
export type TextChannel = (typeof TEXT_CHANNELS)[number];

/** Who is to be written to. */
export interface WantedThread {
  readonly contactId: Uuid;
  /** What a thread that is made answers to. */
  readonly address: string;
  /** On this channel and no other. */
  readonly channel?: TextChannel | undefined;
  /** On this channel, if texts can be sent on it. */
  readonly prefer: Channel | null;
}

/** Finds the thread in which a contact is written to when nobody says in which. */
@Injectable()
export class ContactThreads {
  constructor(
    private readonly places: ContactThreadsRepository,
    private readonly conversations: ConversationsRepository,
    private readonly clock: Clock,
  ) {}

  /** Where free text can be sent to this very number: by SMS, where no window is open on WhatsApp. */
  async preferredFor(contactId: Uuid, address: string, prefer: Channel | null): Promise<Channel | null> {
    return (await this.places.hasOpenWindow(contactId, address, this.clock.now())) ? prefer : 'sms';
  }

  /** The thread, locked, made where there is none. Throws `NoConnectionForChannel`. */
  async open({
    contactId,
    address,
    channel,
    prefer,
  }: WantedThread): Promise<{ readonly conversation: ConversationRow; readonly channel: TextChannel }> {
    const connection = await this.places.connection(contactId, channel ? [channel] : TEXT_CHANNELS, prefer);
    if (!connection) throw new NoConnectionForChannel();
    const conversation = await this.conversations.lockOrCreate({
      ...{ contactId, connectionId: connection.id, contactAddress: address, at: this.clock.now() },
    });
    return { conversation, channel: connection.channel as TextChannel };
  }
}
