import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { Tenancy } from '../../tenancy';
import { ContactClocks } from '../db/contact-clocks.repository';
import type { ConsentPurpose } from '../domain/message-content';
import { sendableAt } from '../domain/quiet-hours';
import { recipientZones } from '../domain/recipient-zones';

/** Whom a message goes to; `id` is whatever the caller knows it by. */
export interface Recipient<Id extends string = Uuid> {
  readonly id: Id;
  readonly contactId: Uuid;
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly address: string;
}

/** A message that may have to wait for the morning of its recipient. */
export interface TimedMessage<Id extends string = Uuid> extends Recipient<Id> {
  readonly purpose: ConsentPurpose;
  /** True for an answer in a conversation whose session window is open. */
  readonly live: boolean;
}

/** What time it is for those who are written to. In the transaction at hand; a batch takes two statements, however large. */
@Injectable()
export class RecipientTime {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clocks: ContactClocks,
    private readonly clock: Clock,
  ) {}

  /** The time zones in which each of them may be, the likeliest first. */
  async of<Id extends string>(recipients: readonly Recipient<Id>[]): Promise<Map<Id, readonly string[]>> {
    if (recipients.length === 0) return new Map();
    const { timezone } = await this.tenancy.hours();
    return this.zonesOf(recipients, timezone);
  }

  /** Until when which of them have to wait for quiet hours to end; those that may go now are not in it. */
  async holdUntil<Id extends string>(
    messages: readonly TimedMessage<Id>[],
    now: Date = this.clock.now(),
  ): Promise<Map<Id, Date>> {
    const held = new Map<Id, Date>();
    const timed = messages.filter(({ purpose, live }) => purpose === 'marketing' && !live);
    if (timed.length === 0) return held;
    const { timezone, quietHours } = await this.tenancy.hours();
    const zones = await this.zonesOf(timed, timezone);
    // Most of a batch are in the same place.
    const answers = new Map<string, Date | null>();
    for (const { id, purpose, live } of timed) {
      const where = zones.get(id) ?? [timezone];
      const key = where.join(' ');
      let at = answers.get(key);
      if (at === undefined) {
        at = sendableAt({ now, zones: where, hours: quietHours, purpose, live });
        answers.set(key, at);
      }
      if (at !== null) held.set(id, at);
    }
    return held;
  }

  private async zonesOf<Id extends string>(
    recipients: readonly Recipient<Id>[],
    organization: string,
  ): Promise<Map<Id, readonly string[]>> {
    const own = await this.clocks.timezonesOf(recipients.map(({ contactId }) => contactId));
    return new Map(
      recipients.map(({ id, contactId, address }) => [
        id,
        recipientZones(address, own.get(contactId) ?? null, organization),
      ]),
    );
  }
}
