import type { MessageStatus } from './message';

/** What an outgoing message can be. */
export type OutgoingStatus = Exclude<MessageStatus, 'received'>;

/** What a provider says about one message, in our words. */
export interface Report {
  readonly providerMessageId: string;
  readonly status: OutgoingStatus;
  readonly errorCode: string | null;
}

/** How far an outgoing message has come. */
export interface Progress {
  readonly status: MessageStatus;
  /** Null until the provider is known to have it. */
  readonly providerMessageId: string | null;
  readonly errorCode: string | null;
}

/**
 * One total order, so that reports in any order and number end in the same state. `unknown` stands below `sending`: any
 * report ends not knowing. What reached the phone stands above every failure: a device that has it cannot lose it.
 */
const RANK: Readonly<Record<OutgoingStatus, number>> = {
  held: 0,
  queued: 1,
  unknown: 2,
  sending: 3,
  sent: 4,
  canceled: 5,
  undelivered: 6,
  failed: 7,
  delivered: 8,
  read: 9,
};

const FAILED: ReadonlySet<MessageStatus> = new Set(['canceled', 'undelivered', 'failed']);

/**
 * The message after a report. The first report counts whatever we believed: until then the status was our own guess. Later
 * ones move it forward only. A report of another provider message changes nothing. Returns `message` itself when
 * nothing changes.
 */
export function afterReport(message: Progress, report: Report): Progress {
  const { providerMessageId, status, errorCode } = report;
  if (message.status === 'received') return message;
  if (message.providerMessageId === null) return { status, providerMessageId, errorCode };
  if (message.providerMessageId !== providerMessageId) return message;
  const step = RANK[status] - RANK[message.status];
  if (step > 0) return { status, providerMessageId, errorCode };
  if (step === 0 && errorCode !== null && outranks(errorCode, message.errorCode))
    return { ...message, errorCode };
  return message;
}

/** True while it was not handed over: nothing of it has left. */
export function isWaiting({ status }: Progress): boolean {
  return status === 'held' || status === 'queued';
}

/** Of two reasons for one status the same one stays, whichever came first. */
function outranks(errorCode: string, other: string | null): boolean {
  return other === null || errorCode < other;
}

/** True while nobody knows whether the provider has the message: it was being handed over, and no word came back. */
export function isInHandOver({ status, providerMessageId }: Progress): boolean {
  return status === 'sending' && providerMessageId === null;
}

/** True while the message may or may not be on its way, and the provider must be asked. */
export function isUnknown({ status, providerMessageId }: Progress): boolean {
  return status === 'unknown' && providerMessageId === null;
}

/** Why a message failed whose answer was lost, and that was not found when the provider was asked. */
export const GIVEN_UP: readonly string[] = ['not_accepted', 'unresolved'];

/** True while the provider may have the message after all: of an unknown one, and of one that was given up. */
export function mayBeFound(message: Progress): boolean {
  const { status, providerMessageId, errorCode } = message;
  const isGivenUp = status === 'failed' && providerMessageId === null && GIVEN_UP.includes(errorCode ?? '');
  return isGivenUp || isUnknown(message);
}

/** True once the provider has the message and has not said that it failed. */
export function hasGoneOut({ status, providerMessageId }: Progress): boolean {
  return providerMessageId !== null && !FAILED.has(status);
}
