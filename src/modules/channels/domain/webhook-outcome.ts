/**
 * What became of a delivery, in one word. `refused`: not taken in. `duplicate`: taken in before, and without a further effect.
 * `failed`: taken in, and not worked off so far, or never to be.
 */
export const WEBHOOK_OUTCOMES = ['waiting', 'processed', 'duplicate', 'failed', 'refused'] as const;
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];

/** What a log keeps in place of a reason of a delivery that repeats another. */
export const DUPLICATE = 'duplicate';

export function webhookOutcome(logged: {
  readonly status: string;
  readonly error: string | null;
  readonly responseStatus: number;
}): WebhookOutcome {
  if (logged.responseStatus >= 400) return 'refused';
  if (logged.error === DUPLICATE) return 'duplicate';
  if (logged.status === 'processed' || logged.status === 'failed') return logged.status;
  return 'waiting';
}
