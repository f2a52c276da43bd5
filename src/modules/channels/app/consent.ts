import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ConsentLedger, type LedgerRow } from '../db/consent-ledger.repository';
import { MappingsRepository, openAs, type Reach, type Unreachable } from '../db/mappings.repository';
import { Suppressions } from '../db/suppressions';
import type { Channel } from '../domain/channel';
import {
  CONSENT_PURPOSES,
  ContactOptedIn,
  ContactOptedOut,
  consentState,
  lineOf,
  statesOf,
  untold,
  withImplied,
  type ConsentChange,
  type ConsentLine,
  type ConsentPurpose,
} from '../domain/consent';
import type { BarredBecause } from '../domain/mappings/phone-mapping';
import { SendsUnderWay } from './sends-under-way';

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
    private readonly modules: ModuleRef,
  ) {}

  /**
   * Writes a change into the ledger, with what it implies, and projects the whole line of that address, channel and purpose
   * onto its mapping, so that the order in which changes arrive makes no difference. True when it changed whether the person
   * may be written to.
   */
  async record(change: ConsentChange): Promise<boolean> {
    return (await this.recordAll([change])) > 0;
  }

  /**
   * The same for any number of changes, in a fixed number of statements. Before somebody is opted out, messages to them that
   * are being handed over come to their end. Tells how many lines turned.
   */
  async recordAll(given: readonly ConsentChange[]): Promise<number> {
    if (this.database.tx.scope.pool !== 'service')
      throw new Error('consent changes in the scope of the service role');
    const changes = withImplied(given);
    const phones = [...new Set(changes.map(({ phone }) => phone))];
    const channels = [...new Set(changes.map(({ channel }) => channel))];
    const mappings = await this.mappings.lock(phones);
    const entries = await this.ledger.entries(phones, channels);
    const told = untold(changes, entries);
    const added = [...(await this.recalled(told, entries)), ...told];
    const states = statesOf(added, [...entries, ...added]).flatMap((state) => {
      const mapping = mappings.get(state.phone);
      return mapping ? [{ ...state, id: mapping.id, wasOpen: mapping.open.includes(openAs(state)) }] : [];
    });
    const turned = states.filter(({ optedIn, wasOpen }) => optedIn !== wasOpen);

    const closed = turned.filter(({ optedIn }) => !optedIn);
    if (closed.length > 0) await this.modules.get(SendsUnderWay, { strict: false }).end(closed);
    await this.ledger.append(added);
    for (const channel of channels)
      for (const purpose of CONSENT_PURPOSES)
        await this.mappings.project(
          { channel, purpose },
          states.filter((state) => state.channel === channel && state.purpose === purpose),
        );
    const open = new Set(states.filter(({ optedIn }) => optedIn).map(lineOf));
    for (const change of told)
      if (change.source === 'keyword' && open.has(lineOf(change))) await this.suppressions.lift(change);
    return this.tell(turned);
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
    const entries = await this.ledger.entries([phone], [channel]);
    if (entries.some(({ purpose }) => purpose === 'transactional')) return false;
    const line = { phone, channel, purpose: 'transactional' } as const;
    return this.record({ ...line, action: 'opt_in', source: 'inbound_message', evidence: { messageId }, at });
  }

  /**
   * True when the person may be written to on this channel for this purpose. The answer holds until the transaction ends: an opt-out that
   * comes at the same time waits for it, or was waited for.
   */
  mayMessage(phone: string, channel: Channel, purpose: ConsentPurpose = 'transactional'): Promise<boolean> {
    return this.mappings.mayMessage(phone, channel, purpose);
  }

  /**
   * True when a person who asks for it may be sent a code on this channel: they never opted out of it, or opted in since. Holds
   * until the transaction ends, which is one of the service role.
   */
  async mayAsk(phone: string, channel: Channel): Promise<boolean> {
    if (!(await this.mappings.mayAsk(phone, channel))) return false;
    if (await this.mayMessage(phone, channel)) return true;
    const suppressed = await this.suppressions.of([phone], [channel]);
    return !suppressed.some(({ purpose }) => purpose === 'transactional');
  }

  /** What the line in the ledger comes to. */
  async isOpen(line: ConsentLine): Promise<boolean> {
    const entries = await this.ledger.entries([line.phone], [line.channel]);
    return consentState(entries.filter(({ purpose }) => purpose === line.purpose)).optedIn;
  }

  /** Why nothing is sent to an address on a channel, whatever its person consented to. Holds until the transaction ends. */
  barred(phone: string, channel: Channel): Promise<BarredBecause | null> {
    return this.mappings.barred(phone, channel);
  }

  /** A provider said that nobody can be reached at these addresses on a channel, of what it was handed at these times. */
  noteUnreachable(failures: readonly Unreachable[], channel: Channel): Promise<void> {
    return this.mappings.markInvalid(failures, channel);
  }

  /** What several can be written to about, of whom those that somebody else works on at this moment are `busy`. */
  reach(phones: readonly string[], channel: Channel): Promise<ReadonlyMap<string, Reach>> {
    return this.mappings.reach(phones, channel);
  }

  /** Keeps what these addresses consented to as it is until the transaction ends, so that it can be read by statements. */
  hold(addresses: readonly string[]): Promise<void> {
    return this.mappings.hold(addresses);
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
      .filter((opted) => lines.has(lineOf(opted)))
      .map((opted) => ({ ...opted, evidence: {}, action: 'opt_out', source: 'suppression' }));
  }

  private async tell(
    turned: readonly (ConsentLine & { readonly id: Uuid; readonly optedIn: boolean })[],
  ): Promise<number> {
    const { orgId } = this.database.tx;
    for (const { id: mappingId, channel, purpose, optedIn } of turned)
      await this.events.publish(
        new (optedIn ? ContactOptedIn : ContactOptedOut)({ orgId, mappingId, channel, purpose }),
      );
    return turned.length;
  }
}
