import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { Contacts, countryOf } from '../../contacts';
import { MappingsRepository } from '../db/mappings.repository';
import type { ConnectionSummary } from '../domain/connection';
import { consentKeyword, type ConsentKeyword } from '../domain/consent-keywords';
import type { InboundMessage } from '../domain/provider';
import { InboundMessageReceived, type WebhookRef } from '../domain/webhook-events';
import { Consent } from './consent';

/** A customer wrote: who it is, where they are reached, and what it says about consent. */
@Injectable()
export class ReceiveInboundMessage {
  constructor(
    private readonly database: Database,
    private readonly contacts: Contacts,
    private readonly mappings: MappingsRepository,
    private readonly consent: Consent,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand, once for each message: it counts. */
  async execute(connection: ConnectionSummary, message: InboundMessage, ref: WebhookRef): Promise<void> {
    const { from, profileName: name, optOutType, receivedAt: at } = message;
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
    const keyword = consentKeyword(message);
    await this.applyConsent(connection, message, keyword);
    await this.events.publish(
      new InboundMessageReceived({
        orgId: this.database.tx.orgId,
        connectionId: connection.id,
        contactId,
        ...ref,
        keyword,
        answeredByProvider: optOutType !== null,
      }),
    );
  }

  private async applyConsent(
    { channel }: ConnectionSummary,
    { from, providerMessageId: messageId, receivedAt: at, optOutType }: InboundMessage,
    keyword: ConsentKeyword | null,
  ): Promise<void> {
    const phone = from.address;
    if (keyword === 'opt_out' || keyword === 'opt_in') {
      const evidence = { messageId, ...(optOutType === null ? {} : { optOutType }) };
      await this.consent.record({ phone, channel, action: keyword, source: 'keyword', evidence, at });
    } else await this.consent.recordWriting({ phone, channel, messageId, at });
  }
}
