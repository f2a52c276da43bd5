import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ConsentLedger } from '../db/consent-ledger.repository';
import { MappingsRepository } from '../db/mappings.repository';
import { Suppressions } from '../db/suppressions';
import type { Channel } from '../domain/channel';
import { ContactOptedIn, ContactOptedOut, consentState, type ConsentChange } from '../domain/consent';

/**
 * Who may be written to, and how it came to that. Works within the transaction at hand; changes need one of the service role,
 * since whether an address was opted out before it was erased cannot be known without a key.
 */
@Injectable()
export class Consent {
  constructor(
    private readonly database: Database,
    private readonly ledger: ConsentLedger,
    private readonly mappings: MappingsRepository,
    private readonly suppressions: Suppressions,
    private readonly events: EventBus,
  ) {}

  /**
   * Writes a change into the ledger and projects the whole ledger of that address and channel onto its mapping, so that
   * the order in which changes arrive makes no difference. True when it changed whether the person may be written to.
   */
  async record(change: ConsentChange): Promise<boolean> {
    const { phone, channel } = change;
    const { tx } = this.database;
    if (tx.scope.pool !== 'service') throw new Error('consent changes in the scope of the service role');
    const mapping = await this.mappings.lock(phone, channel);
    await this.recallSuppression(phone, channel);
    if (!(await this.ledger.append(change))) return false;
    const state = consentState(await this.ledger.entries(phone, channel));
    await this.mappings.project(mapping.id, channel, state);
    if (state.optedIn && change.source === 'keyword') await this.suppressions.lift(phone, channel);
    if (state.optedIn === mapping.opted_in) return false;
    const Event = state.optedIn ? ContactOptedIn : ContactOptedOut;
    await this.events.publish(new Event({ orgId: tx.orgId, mappingId: mapping.id, channel }));
    return true;
  }

  /**
   * The person wrote first, which opts them in for replies, unless there is anything in the ledger: an earlier opt-out
   * stands until an opt-in is given on purpose. True when it opened the channel.
   */
  async recordWriting(writing: {
    readonly phone: string;
    readonly channel: Channel;
    readonly messageId: string;
    readonly at: Date;
  }): Promise<boolean> {
    const { phone, channel, messageId, at } = writing;
    if ((await this.ledger.entries(phone, channel)).length > 0) return false;
    const evidence = { messageId };
    return this.record({ phone, channel, action: 'opt_in', source: 'inbound_message', evidence, at });
  }

  /**
   * True when the person may be written to on this channel. The answer holds until the transaction ends: an opt-out that
   * comes at the same time waits for it, or was waited for.
   */
  mayMessage(phone: string, channel: Channel): Promise<boolean> {
    return this.mappings.mayMessage(phone, channel);
  }

  /** The first word about an address: an opt-out from before it was erased stands at the beginning of its ledger. */
  private async recallSuppression(phone: string, channel: Channel): Promise<void> {
    if ((await this.ledger.entries(phone, channel)).length > 0) return;
    const at = await this.suppressions.of(phone, channel);
    if (at)
      await this.ledger.append({
        phone,
        channel,
        action: 'opt_out',
        source: 'suppression',
        evidence: {},
        at,
      });
  }
}
