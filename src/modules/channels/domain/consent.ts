import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';
import type { Channel } from './channel';

export type ConsentAction = 'opt_in' | 'opt_out';
/**
 * Where consent came from. `inbound_message`: the person wrote first, which allows replies. `suppression`: the address was
 * opted out when the person behind it was erased. `provider`: the person told the provider itself.
 */
export const CONSENT_SOURCES = [
  'keyword',
  'inbound_message',
  'api',
  'import',
  'console',
  'provider_error',
  'suppression',
  'provider',
] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** What messages are for: what the person asked for or has with the business, or what it would like to sell them. */
export const CONSENT_PURPOSES = ['transactional', 'marketing'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

/** What consent is about: each is a line of the ledger of its own. */
export interface ConsentLine {
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly phone: string;
  readonly channel: Channel;
  readonly purpose: ConsentPurpose;
}

/** One entry of the ledger. */
export interface ConsentChange extends ConsentLine {
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  /** What proves it: message id, ip, user, wording shown. With what {@link originOf} knows the same change counts once. */
  readonly evidence: Evidence;
  readonly at: Date;
}

/** `messageId`: the message that said so; `importId` and `line`: the row of a file. */
export type Evidence = Readonly<Record<string, unknown>> & {
  readonly messageId?: string;
  readonly importId?: string;
  readonly line?: number;
};

/** By what a change is known when it is told again; null where every telling counts. */
export function originOf({ messageId, importId, line }: Evidence): string | null {
  if (messageId !== undefined) return messageId;
  return importId === undefined || line === undefined ? null : `${importId}:${line}`;
}

/** Those of `changes` that the ledger does not know yet; each once. */
export function untold(
  changes: readonly ConsentChange[],
  ledger: readonly (Omit<ConsentChange, 'evidence'> & { readonly origin: string | null })[],
): ConsentChange[] {
  const known = new Set(ledger.map((entry) => identityOf(entry, entry.origin)));
  return changes.filter((change) => {
    const origin = originOf(change.evidence);
    const identity = identityOf(change, origin);
    if (origin !== null && known.has(identity)) return false;
    known.add(identity);
    return true;
  });
}

const identityOf = (
  { phone, channel, purpose, action, source }: Omit<ConsentChange, 'evidence'>,
  origin: string | null,
): string => JSON.stringify([phone, channel, purpose, action, source, origin]);

/** A line as one text, to find it by. */
export const lineOf = ({ phone, channel, purpose }: ConsentLine): string => `${channel} ${purpose} ${phone}`;

/** With what follows from them: who wants no messages at all wants no marketing either. */
export function withImplied(changes: readonly ConsentChange[]): ConsentChange[] {
  return changes.flatMap((change) =>
    change.action === 'opt_out' && change.purpose === 'transactional'
      ? [change, { ...change, purpose: 'marketing' }]
      : [change],
  );
}

/** An entry as far as it decides. */
export interface LedgerEntry {
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  readonly at: Date;
}

/** What a line of the ledger comes to. */
export interface ConsentState {
  readonly optedIn: boolean;
  /** When the last opt-in that counted and the last opt-out were given. */
  readonly optedInAt: Date | null;
  readonly optedOutAt: Date | null;
}

/**
 * What a line comes to, in whatever order its entries were written: the newest word given on purpose decides, at the
 * same instant the opt-out. Writing a message opts in only a person who never opted out and never said anything else. The
 * database has the same rule (`consent_allows()`), and refuses a flag that differs.
 */
export function consentState(ledger: readonly LedgerEntry[]): ConsentState {
  const given = heldBack(ledger.filter(({ source }) => source !== 'inbound_message'));
  const optOut = newest(given.filter(({ action }) => action === 'opt_out'));
  const optIn = newest((optOut ? given : ledger).filter(({ action }) => action === 'opt_in'));
  return {
    optedIn: decidingEntry(ledger)?.action === 'opt_in',
    optedInAt: optIn?.at ?? null,
    optedOutAt: optOut?.at ?? null,
  };
}

/** The entry that makes a line what {@link consentState} says. */
export function decidingEntry<Entry extends LedgerEntry>(ledger: readonly Entry[]): Entry | undefined {
  return (
    newest(heldBack(ledger.filter(({ source }) => source !== 'inbound_message'))) ??
    newest(ledger.filter(({ action }) => action === 'opt_in'))
  );
}

/** What the lines come to on which something was `added`; `ledger` has all entries of them. */
export function statesOf<Entry extends ConsentLine & LedgerEntry>(
  added: readonly ConsentLine[],
  ledger: readonly Entry[],
): (ConsentLine & ConsentState)[] {
  const lines = new Map(added.map((line) => [lineOf(line), { line, entries: [] as Entry[] }]));
  for (const entry of ledger) lines.get(lineOf(entry))?.entries.push(entry);
  return [...lines.values()].map(({ line: { phone, channel, purpose }, entries }) => ({
    ...{ phone, channel, purpose },
    ...consentState(entries),
  }));
}

/**
 * After a suppression nobody but the person opens the channel again: until they said so themselves by a word, opt-ins that
 * others report of them (an old list that is imported again) do not count.
 */
function heldBack<Entry extends LedgerEntry>(given: readonly Entry[]): readonly Entry[] {
  const suppressedAt = Math.max(...given.filter(({ source }) => source === 'suppression').map(time));
  if (suppressedAt === -Infinity) return given;
  const words = given.filter(({ action, source }) => action === 'opt_in' && source === 'keyword').map(time);
  const liftedAt = Math.min(...words.filter((at) => at > suppressedAt));
  return given.filter(
    (entry) => entry.action === 'opt_out' || entry.source === 'keyword' || time(entry) >= liftedAt,
  );
}

function newest<Entry extends LedgerEntry>(entries: readonly Entry[]): Entry | undefined {
  return entries.reduce<Entry | undefined>((a, b) => (a && !decidesOver(b, a) ? a : b), undefined);
}

function time({ at }: LedgerEntry): number {
  return at.getTime();
}

function decidesOver(a: LedgerEntry, b: LedgerEntry): boolean {
  const later = a.at.getTime() - b.at.getTime();
  return later > 0 || (later === 0 && a.action === 'opt_out');
}

type ConsentNews = {
  readonly orgId: Uuid;
  readonly mappingId: Uuid;
  readonly channel: Channel;
  readonly purpose: ConsentPurpose;
};

/** A person may no longer be written to on a channel for a purpose. */
export class ContactOptedOut extends DomainEvent<ConsentNews> {
  static readonly eventName = 'channels.contact-opted-out';
}

/** A person may be written to on a channel for a purpose from now on. */
export class ContactOptedIn extends DomainEvent<ConsentNews> {
  static readonly eventName = 'channels.contact-opted-in';
}
