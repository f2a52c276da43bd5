import type { SkipCounts } from './bulk-send';

/** What can have become of somebody whom a bulk send looked at. */
export const RECIPIENT_OUTCOMES = [
  'skipped',
  'queued',
  'held',
  'sending',
  'sent',
  'delivered',
  'failed',
  'canceled',
  'forgotten',
] as const;
export type RecipientOutcome = (typeof RECIPIENT_OUTCOMES)[number];

/** How far a bulk send has come. */
export interface BulkFigures {
  /** Of the segment, nobody looked at these so far. */
  readonly ahead: number;
  readonly skipped: SkipCounts;
  readonly queued: number;
  /** For the night, or while the bulk send is paused. */
  readonly held: number;
  readonly sending: number;
  /** Accepted by the provider, and not known to have arrived. */
  readonly sent: number;
  /** Also those that were read. */
  readonly delivered: number;
  readonly failed: number;
  readonly canceled: number;
}

/** The figures from what is counted: contacts when they were looked at, messages as they are now. */
export function figuresOf(
  counted: { readonly total: number | null; readonly walked: number; readonly skipped: SkipCounts },
  statuses: ReadonlyMap<string, number>,
): BulkFigures {
  const of = (...names: string[]): number => names.reduce((sum, name) => sum + (statuses.get(name) ?? 0), 0);
  return {
    ahead: Math.max(0, (counted.total ?? 0) - counted.walked),
    skipped: counted.skipped,
    queued: of('queued'),
    held: of('held'),
    sending: of('sending', 'unknown'),
    sent: of('sent'),
    delivered: of('delivered', 'read'),
    failed: of('failed', 'undelivered'),
    canceled: of('canceled'),
  };
}
