import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ConsentLedger, type LedgerRow } from '../db/consent-ledger.repository';
import { MappingsRepository, type Reach } from '../db/mappings.repository';
import { Suppressions } from '../db/suppressions';
import type { Channel } from '../domain/channel';
import {
  ContactOptedIn,
  ContactOptedOut,
  consentState,
  untold,
  type ConsentChange,
  type LedgerEntry,
} from '../domain/consent';

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
    return (await this.recordAll([change])) > 0;
  }

  /** The same for any number of changes, in a fixed number of statements. Tells on how many channels of addresses that changed. */
  async recordAll(changes: readonly ConsentChange[]): Promise<number> {
    if (this.database.tx.scope.pool !== 'service')
      throw new Error('consent changes in the scope of the service role');
    const phones = [...new Set(changes.map(({ phone }) => phone))];
    const channels = [...new Set(changes.map(({ channel }) => channel))];
    const mappings = await this.mappings.lock(phones);
    const entries = await this.ledger.entries(phones, channels);
    const told = untold(changes, entries);
    const added = [...(await this.recalled(told, entries)), ...told];
    await this.ledger.append(added);

    const lines = new Map(told.map((change): [string, LedgerEntry[]] => [lineOf(change), []]));
    for (const entry of [...entries, ...added]) lines.get(lineOf(entry))?.push(entry);
    const states = [...mappings.values()].flatMap((mapping) =>
      channels.flatMap((channel) => {
        const line = lines.get(lineOf({ ...mapping, channel }));
        return line ? [{ ...mapping, ...consentState(line), channel }] : [];
      }),
    );
    for (const channel of channels)
      await this.mappings.project(
        channel,
        states.filter((state) => state.channel === channel),
      );
    const open = new Set(states.filter(({ optedIn }) => optedIn).map(lineOf));
    for (const change of told)
      if (change.source === 'keyword' && open.has(lineOf(change)))
        await this.suppressions.lift(change.phone, change.channel);
    return this.tell(states.filter((state) => state.optedIn !== state[state.channel]));
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
    if ((await this.ledger.entries([phone], [channel])).length > 0) return false;
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

  /** The same for several at once, of whom those that somebody else works on at this moment are `busy`. */
  reach(phones: readonly string[], channel: Channel): Promise<ReadonlyMap<string, Reach>> {
    return this.mappings.reach(phones, channel);
  }

  /** Before the first word about an address: an opt-out from before it was erased stands at the beginning of its ledger. */
  private async recalled(
    told: readonly ConsentChange[],
    entries: readonly LedgerRow[],
  ): Promise<ConsentChange[]> {
    const known = new Set(entries.map(lineOf));
    const first = told.filter((change) => !known.has(lineOf(change)));
    if (first.length === 0) return [];
    const lines = new Set(first.map(lineOf));
    const found = await this.suppressions.of(
      [...new Set(first.map(({ phone }) => phone))],
      [...new Set(first.map(({ channel }) => channel))],
    );
    return found
      .map(({ address: phone, channel, at }) => ({ phone, channel, at, evidence: {} }))
      .filter((opted) => lines.has(lineOf(opted)))
      .map((opted) => ({ ...opted, action: 'opt_out', source: 'suppression' }));
  }

  private async tell(
    turned: readonly { readonly id: Uuid; readonly channel: Channel; readonly optedIn: boolean }[],
  ): Promise<number> {
    const { orgId } = this.database.tx;
    for (const { id: mappingId, channel, optedIn } of turned)
      await this.events.publish(
        new (optedIn ? ContactOptedIn : ContactOptedOut)({ orgId, mappingId, channel }),
      );
    return turned.length;
  }
}

/** What an address said on a channel is one line of the ledger. */
const lineOf = ({ phone, channel }: Pick<ConsentChange, 'phone' | 'channel'>): string =>
  `${channel} ${phone}`;
