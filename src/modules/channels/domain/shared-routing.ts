import type { Uuid } from '../../../common/context';
import type { ConsentKeyword } from './consent-keywords';
import { answerTo } from './shared-question';

const HOUR = 3_600_000;
/** A conversation that was had within this time is gone on with. */
const CONVERSATION_HOURS = 72;
/** So long an answer to the question is waited for. */
export const ANSWER_HOURS = 24;
/** So often it is asked before the operator has to decide. */
const TIMES_ASKED = 2;
/** Who did not answer is asked again after so long, and not before. */
const ASKED_AGAIN_HOURS = 72;

/** An organization that a sender may mean. */
export interface Candidate {
  readonly orgId: Uuid;
  readonly name: string;
  /** BCP 47. */
  readonly locale: string;
  /** It knows the address as a customer's; false: as one of its own members' alone. */
  readonly isCustomer: boolean;
  /** Null where no word about consent was ever said. */
  readonly mappingId: Uuid | null;
  /** When something was last said with it, over this number. */
  readonly lastSaidAt: Date | null;
  readonly isOptedOut: boolean;
  /** They could be written to until they opted out over this number, and said no more since. */
  readonly isClosedHere: boolean;
  /** What a word of its own does, that the message consists of. */
  readonly ownWord: ConsentKeyword | null;
}

/** What is remembered of a sender. */
export interface RememberedSender {
  /** The organizations in the order of the question. */
  readonly options: readonly Uuid[];
  readonly timesAsked: number;
  readonly askedAt: Date | null;
  /** When the question went out. */
  readonly sentAt: Date | null;
  readonly answerUntil: Date | null;
  readonly chosenOrgId: Uuid | null;
}

/** A message, as far as it tells where it goes. */
export interface RoutedMessage {
  readonly body: string;
  readonly keyword: ConsentKeyword | null;
  readonly receivedAt: Date;
}

/** Why a message is parked. */
export const PARKED_REASONS = ['unknown_sender', 'several_organizations', 'not_answered'] as const;
export type ParkedReason = (typeof PARKED_REASONS)[number];

/** What became of it: its sender was asked, it waits for the operator, or it is settled in one of three ways. */
export const PARKED_STATES = ['asked', 'waiting', 'assigned', 'discarded', 'expired'] as const;
export type ParkedState = (typeof PARKED_STATES)[number];

/**
 * Where a message goes.
 * - `deliver`: to this organization.
 * - `answered`: it is the answer to the question; what waited for it goes to the organization that was chosen.
 * - `ask`: the sender is asked which one they mean; the message waits for the answer.
 * - `wait`: it was written before the question was read, and waits like the one before it.
 * - `park`: the operator decides.
 */
export type SharedRoute =
  | { readonly kind: 'deliver'; readonly to: Candidate }
  | { readonly kind: 'answered'; readonly to: Candidate }
  | { readonly kind: 'ask'; readonly options: readonly Candidate[] }
  | { readonly kind: 'wait' }
  | { readonly kind: 'park'; readonly reason: ParkedReason };

/** Who can be meant: those who know the customer; where nobody does, those of whom the person is a member. */
export function possible(candidates: readonly Candidate[]): readonly Candidate[] {
  const known = candidates.filter(({ isCustomer }) => isCustomer);
  return known.length > 0 ? known : candidates;
}

/** Of a sender of whom nothing is remembered. */
export const NOBODY_KNOWN: RememberedSender = {
  options: [],
  timesAsked: 0,
  askedAt: null,
  sentAt: null,
  answerUntil: null,
  chosenOrgId: null,
};

/**
 * What the message says about consent, and to whom. A word of their own by which people opt out is meant for those organizations
 * that have it.
 */
export function sharpened(
  candidates: readonly Candidate[],
  keyword: ConsentKeyword | null,
): { readonly candidates: readonly Candidate[]; readonly keyword: ConsentKeyword | null } {
  const named = keyword === null ? candidates.filter(({ ownWord }) => ownWord === 'opt_out') : [];
  return named.length > 0 ? { candidates: named, keyword: 'opt_out' } : { candidates, keyword };
}

/** Decides where a message goes, given who can be meant. */
export function routeOf(
  message: RoutedMessage,
  candidates: readonly Candidate[],
  sender: RememberedSender,
  now: Date,
): SharedRoute {
  const [first] = candidates;
  if (!first) return { kind: 'park', reason: 'unknown_sender' };
  const latest = latestOf(candidates);
  // Neither an opt-out nor a call for help waits for anything.
  if (message.keyword === 'opt_out' || message.keyword === 'help')
    return { kind: 'deliver', to: latest ?? first };
  const [closed] = reopened(message.keyword, candidates);
  if (closed) return { kind: 'deliver', to: closed };
  const isOpen = isQuestionOpen(sender, now);
  const answer = isOpen ? answerTo(message.body, optionsOf(sender, candidates)) : undefined;
  // Also where one alone is left by now: an answer is none of their messages.
  if (answer) return { kind: 'answered', to: answer };
  if (candidates.length === 1) return { kind: 'deliver', to: first };
  if (latest && isWithin(latest.lastSaidAt, CONVERSATION_HOURS, now)) return { kind: 'deliver', to: latest };
  const chosen = candidates.find(({ orgId }) => orgId === sender.chosenOrgId);
  if (chosen) return { kind: 'deliver', to: chosen };
  if (isOpen) return goOn(message, candidates, sender);
  if (candidates.every(({ isOptedOut }) => isOptedOut))
    return { kind: 'park', reason: 'several_organizations' };
  if (sender.timesAsked > 0 && isWithin(sender.askedAt, ASKED_AGAIN_HOURS, now))
    return { kind: 'park', reason: 'not_answered' };
  return { kind: 'ask', options: candidates };
}

/**
 * Whom a word opens again that asks for messages, the one that was spoken with last first: what STOP over the number closed, START over the
 * number opens. Not while anybody may write to the person: then it is said to that one, of whom "Yes" may answer a question.
 */
export function reopened(
  keyword: ConsentKeyword | null,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  if (keyword !== 'opt_in' || !candidates.every(({ isOptedOut }) => isOptedOut)) return [];
  const closed = candidates.filter(({ isClosedHere }) => isClosedHere);
  return closed.sort((a, b) => Number(b.lastSaidAt ?? 0) - Number(a.lastSaidAt ?? 0));
}

/** True while an answer is waited for. */
export function isQuestionOpen({ timesAsked, answerUntil }: RememberedSender, now: Date): boolean {
  return timesAsked > 0 && answerUntil !== null && answerUntil > now;
}

/** The question stands, and this is no answer to it. */
function goOn(
  { receivedAt }: RoutedMessage,
  candidates: readonly Candidate[],
  { sentAt, timesAsked }: RememberedSender,
): SharedRoute {
  if (sentAt === null || receivedAt <= sentAt) return { kind: 'wait' };
  if (timesAsked < TIMES_ASKED) return { kind: 'ask', options: candidates };
  return { kind: 'park', reason: 'not_answered' };
}

/** As they were numbered; one that is possible no more keeps its number, and cannot be chosen. */
function optionsOf(
  { options }: RememberedSender,
  candidates: readonly Candidate[],
): (Candidate | undefined)[] {
  return options.map((id) => candidates.find(({ orgId }) => orgId === id));
}

function latestOf(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates
    .filter(({ lastSaidAt }) => lastSaidAt !== null)
    .reduce<Candidate | undefined>(
      (latest, one) => ((one.lastSaidAt ?? 0) > (latest?.lastSaidAt ?? 0) ? one : latest),
      undefined,
    );
}

function isWithin(at: Date | null, hours: number, now: Date): boolean {
  return at !== null && at.getTime() > now.getTime() - hours * HOUR;
}
