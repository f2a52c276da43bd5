import {
  BadSendTime,
  BulkSendNotCancellable,
  BulkSendNotDraft,
  BulkSendNotPausable,
  BulkSendNotResumable,
  BulkSendNotStartable,
} from './bulk-errors';

/** What a bulk send can be. The last three are ends. */
export const BULK_SEND_STATUSES = [
  'draft',
  'scheduled',
  'running',
  'paused',
  'completed',
  'cancelled',
  'failed',
] as const;
export type BulkSendStatus = (typeof BULK_SEND_STATUSES)[number];

/** Why a bulk send stopped by itself: paused where that can change again, else failed. */
export const BULK_SEND_PROBLEMS = [
  'organization_suspended',
  'connection_gone',
  'connection_inactive',
  'template_not_usable',
  'internal_error',
] as const;
export type BulkSendProblem = (typeof BULK_SEND_PROBLEMS)[number];

/** Why a contact of the segment gets no message; the first that holds, in this order. */
export const SKIP_REASONS = [
  'no_address',
  'invalid_number',
  'suspended',
  'opted_out',
  'no_consent',
  'duplicate_address',
  'outside_window',
  'missing_variable',
  'unusable_variable',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** How many of what. */
export type SkipCounts = Readonly<Partial<Record<SkipReason, number>>>;

/** As `cause_type` of the messages that it makes. */
export const BULK_SEND_CAUSE = 'bulk_send';

/** What can be done with one, from where, and what it is when it cannot. */
const ACTIONS = {
  change: { from: ['draft'], error: BulkSendNotDraft },
  start: { from: ['draft'], error: BulkSendNotStartable },
  pause: { from: ['scheduled', 'running'], error: BulkSendNotPausable },
  resume: { from: ['paused'], error: BulkSendNotResumable },
  cancel: { from: ['scheduled', 'running', 'paused'], error: BulkSendNotCancellable },
} as const satisfies Record<string, { from: readonly BulkSendStatus[]; error: new () => Error }>;

/** Throws the error of the action when a bulk send is not where it can be done. Asked with the bulk send locked. */
export function checkCan(action: keyof typeof ACTIONS, status: BulkSendStatus): void {
  const { from, error } = ACTIONS[action];
  if (!(from as readonly BulkSendStatus[]).includes(status)) throw new error();
}

const A_YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Throws {@link BadSendTime} for a time to start at that is over, or more than a year away. */
export function checkSendAt(sendAt: Date | null, now: Date): void {
  if (!sendAt) return;
  if (sendAt <= now) throw new BadSendTime('in_the_past', 'sendAt must lie ahead');
  if (sendAt.getTime() - now.getTime() > A_YEAR_MS)
    throw new BadSendTime('too_far', 'sendAt must lie within a year');
}

/** What one is that goes on: it waits for its time where that is still to come. */
export function goingOn(sendAt: Date | null, now: Date): 'scheduled' | 'running' {
  return sendAt && sendAt > now ? 'scheduled' : 'running';
}

/** What a problem makes of one: paused where somebody can remedy it and let it go on. */
export function afterProblem(problem: BulkSendProblem): 'paused' | 'failed' {
  return problem === 'connection_gone' || problem === 'internal_error' ? 'failed' : 'paused';
}
