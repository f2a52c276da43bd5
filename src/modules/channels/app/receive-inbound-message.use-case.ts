import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { Contacts, countryOf } from '../../contacts';
import { MappingsRepository } from '../db/mappings.repository';
import type { ConnectionSummary } from '../domain/connection';
import type { InboundMessage } from '../domain/provider';
import { InboundMessageReceived, type WebhookRef } from '../domain/webhook-events';
import { ConsentOfMessage } from './consent-of-message';
import { ConsentWords } from './consent-words';

/** A customer wrote: who it is, where they are reached, and what it says about consent. */
@Injectable()
export class ReceiveInboundMessage {
  constructor(
    private readonly database: Database,
    private readonly contacts: Contacts,
    private readonly mappings: MappingsRepository,
    private readonly consent: ConsentOfMessage,
    private readonly words: ConsentWords,
    private readonly events: EventBus,
  ) {}

  /**
   * In the transaction at hand, once for each message: it counts. A word that nobody vouches for, since the connection observes, opts
   * nobody in: whoever forges it could undo what a person said. A first message undoes nothing: it can be answered.
   */
  async execute(
    connection: ConnectionSummary,
    message: InboundMessage,
    ref: WebhookRef,
    isVouchedFor = true,
  ): Promise<void> {
    const { from, profileName: name, optOutType, receivedAt: at } = message;
    const meaning = await this.words.meaning(message);
    const word = isVouchedFor || meaning?.keyword !== 'opt_in' ? meaning : null;
    // First of all: it waits for messages that are under way, whose end is noted on the contact. Who is locked here holds them up.
    if (word?.keyword === 'opt_out') await this.consent.take(connection, message, word);
    const { contactId } = await this.contacts.findOrCreate({
      phone: from.phone,
      whatsappId: from.whatsappId,
      name,
      at,
      knownAs: () => this.mappings.contactOf(from.address),
    });
    await this.mappings.noteMessage({
      phone: from.address,
      contactId,
      countryCode: from.phone === null ? null : countryOf(from.phone),
      channel: connection.channel,
      at,
    });
    if (word?.keyword !== 'opt_out') await this.consent.take(connection, message, word);
    await this.events.publish(
      new InboundMessageReceived({
        orgId: this.database.tx.orgId,
        connectionId: connection.id,
        contactId,
        ...ref,
        keyword: word?.keyword ?? null,
        keywordId: word?.keywordId ?? null,
        answeredByProvider: optOutType !== null,
      }),
    );
  }
}
