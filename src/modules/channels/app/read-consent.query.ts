import { Injectable } from '@nestjs/common';
import { sha256 } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConsentRecords, type ConsentFilter, type ListedConsent } from '../db/consent-records.repository';
import { CHANNELS } from '../domain/channel';
import {
  CONSENT_PURPOSES,
  consentState,
  decidingEntry,
  lineOf,
  type ConsentLine,
  type ConsentState,
} from '../domain/consent';
import { chained, inOrder, type ConsentRecord } from '../domain/consent-proof';
import { ConsentAddresses, type Person } from './consent-addresses';

/** What a line comes to. */
export interface LineView extends ConsentLine, ConsentState {
  /** Since when it is so; null where nothing was ever said. */
  readonly since: Date | null;
  /** The entry that makes it so. */
  readonly decidedBy: ConsentRecord | null;
}

/** What a line came to at an instant, and all that shows it. */
export interface ProofView extends ConsentLine {
  readonly at: Date;
  readonly optedIn: boolean;
  /** The same by what had been written down by then. */
  readonly optedInAsKnown: boolean;
  readonly decidedBy: ConsentRecord | null;
  readonly entries: (ConsentRecord & { readonly digest: string })[];
  readonly digest: string;
}

/** Consent as it is, and how it came to that. */
@Injectable()
export class ReadConsent {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly addresses: ConsentAddresses,
    private readonly records: ConsentRecords,
    private readonly clock: Clock,
  ) {}

  /** Every channel and purpose, of every address. Throws `ConsentInvalid`, `InvalidPhoneNumber`, `ConsentContactNotFound`. */
  async state(person: Person): Promise<LineView[]> {
    const phones = await this.addresses.all(person);
    const entries = await this.records.of(phones);
    return phones.flatMap((phone) =>
      CHANNELS.flatMap((channel) =>
        CONSENT_PURPOSES.map((purpose) => viewOf({ phone, channel, purpose }, entries)),
      ),
    );
  }

  /** Newest first. Throws `BadCursor` and `InvalidPhoneNumber`. */
  async page(
    { phone, ...wanted }: ConsentFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<ConsentRecord>> {
    const filter = phone === undefined ? wanted : { ...wanted, phone: await this.addresses.address(phone) };
    const { items, nextCursor } = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['consent-events', filter],
      limit,
      cursor,
      read: (after, most) => this.records.list(filter, after, most),
      position: (row: ListedConsent) => [row.position, row.id],
    });
    return { items: items.map(({ position: _, ...record }) => record), nextCursor };
  }

  /** Throws `InvalidPhoneNumber`. */
  async proof(line: ConsentLine, at: Date = this.clock.now()): Promise<ProofView> {
    const { channel, purpose } = line;
    const phone = await this.addresses.address(line.phone);
    const all = await this.records.ofLine({ phone, channel, purpose });
    const said = inOrder(all.filter((entry) => entry.at <= at));
    const known = said.filter(({ recordedAt }) => recordedAt <= at);
    let digest = '';
    const entries = said.map((entry) => {
      digest = sha256(digest + chained(entry));
      return { ...entry, digest };
    });
    return {
      ...{ phone, channel, purpose, at, entries, digest },
      optedIn: consentState(said).optedIn,
      optedInAsKnown: consentState(known).optedIn,
      decidedBy: decidingEntry(said) ?? null,
    };
  }
}

function viewOf(line: ConsentLine, all: readonly ConsentRecord[]): LineView {
  const entries = all.filter((entry) => lineOf(entry) === lineOf(line));
  const decidedBy = decidingEntry(entries) ?? null;
  return { ...line, ...consentState(entries), since: decidedBy?.at ?? null, decidedBy };
}
