import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';
import type { Channel } from './channel';

export type ConsentAction = 'opt_in' | 'opt_out';
/**
 * Where consent came from. `inbound_message`: the person wrote first, which allows replies. `suppression`: the address was
 * opted out when the person behind it was erased.
 */
export type ConsentSource =
  'keyword' | 'inbound_message' | 'api' | 'import' | 'console' | 'provider_error' | 'suppression';

/** One entry of the ledger. */
export interface ConsentChange {
  /** E.164, or the channel's own id of a person who shows no number. */
  readonly phone: string;
  readonly channel: Channel;
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
  { phone, channel, action, source }: Omit<ConsentChange, 'evidence'>,
  origin: string | null,
): string => JSON.stringify([phone, channel, action, source, origin]);

/** An entry as far as it decides. */
export interface LedgerEntry {
  readonly action: ConsentAction;
  readonly source: ConsentSource;
  readonly at: Date;
}

/** What the ledger comes to. */
export interface ConsentState {
  readonly optedIn: boolean;
  /** When the last opt-in that counted and the last opt-out were given. */
  readonly optedInAt: Date | null;
  readonly optedOutAt: Date | null;
}

/**
 * What a ledger comes to, in whatever order its entries were written: the newest word given on purpose decides, at the
 * same instant the opt-out. Writing a message opts in only a person who never opted out and never said anything else.
 */
export function consentState(ledger: readonly LedgerEntry[]): ConsentState {
  const newest = (entries: readonly LedgerEntry[]) =>
    entries.reduce<LedgerEntry | undefined>((a, b) => (a && !decidesOver(b, a) ? a : b), undefined);
  const given = heldBack(ledger.filter(({ source }) => source !== 'inbound_message'));
  const optOut = newest(given.filter(({ action }) => action === 'opt_out'));
  const optIn = newest((optOut ? given : ledger).filter(({ action }) => action === 'opt_in'));
  const decisive = newest(given) ?? optIn;
  return {
    optedIn: decisive?.action === 'opt_in',
    optedInAt: optIn?.at ?? null,
    optedOutAt: optOut?.at ?? null,
  };
}

/**
 * After a suppression nobody but the person opens the channel again: until they said so themselves by a word, opt-ins that
 * others report of them (an old list that is imported again) do not count.
 */
function heldBack(given: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const suppressedAt = Math.max(...given.filter(({ source }) => source === 'suppression').map(time));
  if (suppressedAt === -Infinity) return given;
  const words = given.filter(({ action, source }) => action === 'opt_in' && source === 'keyword').map(time);
  const liftedAt = Math.min(...words.filter((at) => at > suppressedAt));
  return given.filter(
    (entry) => entry.action === 'opt_out' || entry.source === 'keyword' || time(entry) >= liftedAt,
  );
}

function time({ at }: LedgerEntry): number {
  return at.getTime();
}

function decidesOver(a: LedgerEntry, b: LedgerEntry): boolean {
  const later = a.at.getTime() - b.at.getTime();
  return later > 0 || (later === 0 && a.action === 'opt_out');
}

type ConsentNews = { readonly orgId: Uuid; readonly mappingId: Uuid; readonly channel: Channel };

/** A person may no longer be written to on a channel. */
export class ContactOptedOut extends DomainEvent<ConsentNews> {
  static readonly eventName = 'channels.contact-opted-out';
}

/** A person may be written to on a channel from now on. */
export class ContactOptedIn extends DomainEvent<ConsentNews> {
  static readonly eventName = 'channels.contact-opted-in';
}
