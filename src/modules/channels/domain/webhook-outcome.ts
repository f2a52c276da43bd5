/**
 * What became of a delivery, in one word. `refused`: not taken in. `duplicate`: taken in before, and without a further effect.
 * `ignored`: taken in, and nothing that anything is done about. `failed`: taken in, and not worked off so far, or never to be.
 */
export const WEBHOOK_OUTCOMES = [
  'waiting',
  'processed',
  'ignored',
  'duplicate',
  'failed',
  'refused',
] as const;
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];

/** What a log keeps in place of a reason of a delivery that repeats another. */
export const DUPLICATE = 'duplicate';

const IGNORED = 'ignored_';

/** What it keeps there of a delivery that was worked off without an effect: why. */
export function ignoredBecause(kind: string): string {
  return IGNORED + kind;
}

export function webhookOutcome(logged: {
  readonly status: string;
  readonly error: string | null;
  readonly responseStatus: number;
}): WebhookOutcome {
  if (logged.responseStatus >= 400) return 'refused';
  if (logged.error === DUPLICATE) return 'duplicate';
  if (logged.status === 'processed' && logged.error?.startsWith(IGNORED)) return 'ignored';
  if (logged.status === 'processed' || logged.status === 'failed') return logged.status;
  return 'waiting';
}
