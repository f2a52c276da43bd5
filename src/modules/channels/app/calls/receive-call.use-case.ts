import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EventBus } from '../../../../common/events';
import { Contacts, countryOf } from '../../../contacts';
import { CallMappings } from '../../db/calls/call-mappings.repository';
import { MappingsRepository } from '../../db/mappings.repository';
import { PersonalDeliveries } from '../../db/personal-deliveries';
import { CallReported } from '../../domain/call-events';
import type { CallReport } from '../../domain/call-report';
import { STOP_KEY } from '../../domain/voice-script';
import type { WebhookRef } from '../../domain/webhook-events';
import { Consent } from '../consent';
import { LoggedDeliveries } from '../logged-deliveries.query';

/** The provider told something of a call: who it is with, and what they said about consent. */
@Injectable()
export class ReceiveCall {
  constructor(
    private readonly database: Database,
    private readonly contacts: Contacts,
    private readonly mappings: MappingsRepository,
    private readonly callers: CallMappings,
    private readonly consent: Consent,
    private readonly deliveries: LoggedDeliveries,
    private readonly personal: PersonalDeliveries,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand. That somebody calls is no consent to anything; that they press the key is an opt-out. */
  async execute(report: CallReport, ref: WebhookRef & { readonly connectionId: Uuid }): Promise<void> {
    if (report.direction === 'outgoing' && report.key === STOP_KEY) await this.optOut(report);
    // The rest of a call with somebody who was erased since: it would make somebody new of them, whom nobody ever called.
    if (await this.deliveries.isOfErased(ref)) return this.personal.forgetOne(ref);
    const contactId = await this.callerOf(report);
    const { orgId } = this.database.tx;
    await this.events.publish(new CallReported({ orgId, contactId, ...ref }));
  }

  /** Waits for messages that are under way, so it comes first of all. */
  private async optOut({ person: phone, providerCallId, occurredAt: at }: CallReport): Promise<void> {
    if (phone === null) return;
    const line = { phone, channel: 'voice', purpose: 'transactional' } as const;
    const evidence = { messageId: providerCallId };
    await this.consent.record({ ...line, action: 'opt_out', source: 'keyword', evidence, at });
  }

  /** The contact behind a number that is shown. */
  private async callerOf({ direction, person: phone, occurredAt: at }: CallReport): Promise<Uuid | null> {
    if (direction !== 'incoming' || phone === null) return null;
    const { contactId } = await this.contacts.findOrCreate({
      ...{ phone, whatsappId: null, name: null, at },
      knownAs: () => this.mappings.contactOf(phone),
    });
    await this.callers.noteCall({ phone, contactId, countryCode: countryOf(phone) });
    return contactId;
  }
}
