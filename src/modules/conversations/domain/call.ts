/** What a call can be. `missed`: it came in, and nobody of the business spoke with the caller. */
export const CALL_STATUSES = [
  'queued',
  'ringing',
  'in_progress',
  'answered',
  'missed',
  'busy',
  'no_answer',
  'failed',
  'canceled',
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

const UNDER_WAY: ReadonlySet<CallStatus> = new Set<CallStatus>(['queued', 'ringing', 'in_progress']);

/** Whether nothing more happens in it. */
export function isOver(status: CallStatus): boolean {
  return !UNDER_WAY.has(status);
}

/** How a call, or an attempt to forward one, came to its end, as channels tell it. */
type CallEnd = 'answered' | 'busy' | 'no_answer' | 'failed' | 'canceled';

/** A recording that can be fetched. */
export interface ToldRecording {
  readonly recordingId: string;
  readonly url: string;
  readonly contentType: string;
  readonly durationSeconds: number | null;
}

/** What one delivery tells of a call: channels' `CallReport`, as far as it is the call's story. */
export interface ToldOfCall {
  readonly direction: 'incoming' | 'outgoing' | null;
  readonly person: string | null;
  readonly progress: keyof typeof RANK;
  readonly end: CallEnd | null;
  readonly durationSeconds: number | null;
  readonly forward: CallEnd | null;
  readonly forwardSeconds: number | null;
  readonly recording: ToldRecording | null;
  readonly occurredAt: Date;
}

/** What all reports of a call come to, in whatever order they are told. */
export interface CallStory {
  readonly direction: 'incoming' | 'outgoing';
  /** E.164; null when the caller withholds it. */
  readonly person: string | null;
  readonly status: CallStatus;
  readonly startedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date | null;
  readonly durationSeconds: number | null;
  readonly recording: ToldRecording | null;
}

const RANK = { queued: 0, ringing: 1, in_progress: 2, ended: 3 } as const;

/** `reports` in the order in which they came. Undefined while none of them says which way the call goes: others, which say it, are on their way. */
export function storyOf(reports: readonly ToldOfCall[]): CallStory | undefined {
  const told = reports.filter(({ direction }) => direction !== null);
  const [first] = told;
  if (!first?.direction) return undefined;
  // The first that came: later ones bear the provider's own time, in whole seconds, which can be before it.
  const { direction, occurredAt: startedAt } = first;
  const ends = told.filter(({ end }) => end !== null).sort(byTime);
  const furthest = told.reduce((a, b) => (RANK[b.progress] > RANK[a.progress] ? b : a));
  const forward = told.find(({ forward: result }) => result === 'answered');
  const status =
    furthest.progress === 'ended' ? endOf(direction, ends, forward !== undefined) : furthest.progress;
  return {
    direction,
    person: told.find(({ person }) => person !== null)?.person ?? null,
    status,
    startedAt,
    answeredAt:
      direction === 'incoming'
        ? forward
          ? later(startedAt, before(forward.occurredAt, forward.forwardSeconds))
          : null
        : later(startedAt, earliest(told.filter(({ progress }) => progress === 'in_progress'))),
    endedAt: later(startedAt, ends.at(-1)?.occurredAt ?? null),
    durationSeconds: told.reduce<number | null>(
      (most, { durationSeconds }) => longer(most, durationSeconds),
      null,
    ),
    recording: reports.find(({ recording }) => recording !== null)?.recording ?? null,
  };
}

/** Of a call that comes in it counts whether somebody took it: a greeting and a voicemail are nobody. */
function endOf(
  direction: CallStory['direction'],
  ends: readonly ToldOfCall[],
  forwarded: boolean,
): CallStatus {
  if (direction === 'incoming') return forwarded ? 'answered' : 'missed';
  const end: CallEnd = ends.at(-1)?.end ?? 'failed';
  return end;
}

const byTime = (a: ToldOfCall, b: ToldOfCall): number => a.occurredAt.getTime() - b.occurredAt.getTime();

function earliest(reports: readonly ToldOfCall[]): Date | null {
  return [...reports].sort(byTime)[0]?.occurredAt ?? null;
}

/** No part of a call is before its beginning. */
function later(startedAt: Date, at: Date | null): Date | null {
  return at !== null && at < startedAt ? startedAt : at;
}

function before(at: Date, seconds: number | null): Date {
  return new Date(at.getTime() - (seconds ?? 0) * 1000);
}

function longer(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b > a) ? b : a;
}
