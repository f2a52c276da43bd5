import type { ProviderStatus, Refusal } from './provider';

/** How far a call is. It only moves forward. */
export const CALL_PROGRESS = ['queued', 'ringing', 'in_progress', 'ended'] as const;
export type CallProgress = (typeof CALL_PROGRESS)[number];

/** How a call, or an attempt to forward one, came to its end. `answered`: there was a connection. */
export type CallEnd = 'answered' | 'busy' | 'no_answer' | 'failed' | 'canceled';

/** What a logged delivery tells of a call. Reports of one call come in any order, and more than once. */
export interface CallReport {
  readonly providerCallId: string;
  /** Null where the delivery does not say it: that a recording is ready. */
  readonly direction: 'incoming' | 'outgoing' | null;
  /** The person's number, E.164; null when it is withheld, or not told. */
  readonly person: string | null;
  /** The person withheld their number. */
  readonly isWithheld: boolean;
  readonly progress: CallProgress;
  /** Of a call that ended. */
  readonly end: CallEnd | null;
  readonly durationSeconds: number | null;
  /** What came of forwarding it, and for how long they spoke. */
  readonly forward: CallEnd | null;
  readonly forwardSeconds: number | null;
  readonly recording: CallRecording | null;
  readonly refusal: Refusal | null;
  /** Our message that is spoken in it, from the address that was called; not checked to exist. */
  readonly messageId: string | null;
  /** The key that the person pressed. */
  readonly key: string | null;
  readonly occurredAt: Date;
}

/** A recording that can be fetched. */
export interface CallRecording {
  readonly recordingId: string;
  readonly url: string;
  readonly contentType: string;
  readonly durationSeconds: number | null;
}

const MESSAGE_STATUS: Readonly<Record<CallEnd, ProviderStatus>> = {
  answered: 'delivered',
  busy: 'undelivered',
  no_answer: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
};

/** What became of a message that is spoken in a call. */
export function spokenStatus({ progress, end }: Pick<CallReport, 'progress' | 'end'>): ProviderStatus {
  if (end !== null) return MESSAGE_STATUS[end];
  return progress === 'queued' ? 'queued' : 'sent';
}
