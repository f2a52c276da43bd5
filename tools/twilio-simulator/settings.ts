import { SimulatorInputError } from './errors';

/** How webhooks are retried. Retries follow a connection failure, a time-out or a 5xx answer. */
export interface RetryPolicy {
  /** Attempts after the first one, 0 to 1000. Twilio's default is 1. */
  retries: number;
  /** Milliseconds between two attempts, up to 60,000. */
  retryDelayMs: number;
  /** Milliseconds one attempt may take in all, up to 60,000. Twilio's is 15,000. */
  timeoutMs: number;
}

/** A status that an outbound message can pass through on its way to a good end. */
export type OutboundStep = 'queued' | 'sending' | 'sent' | 'delivered' | 'read';

/** Behaviour that holds for all accounts and can be changed while running. */
export interface Settings extends RetryPolicy {
  /** Whether status callbacks are posted at all; the messages' states advance either way. */
  callbacks: boolean;
  /** Milliseconds between two states of a message, up to 60,000. */
  callbackDelayMs: number;
  /** The states an outbound message passes through. */
  statusSteps: OutboundStep[];
  /**
   * What happens to free text to a WhatsApp customer who hasn't written within 24 hours: `off` lets
   * it pass, `fail` accepts it and reports 63016 by callback (as Twilio does), `reject` answers 63016.
   */
  whatsappWindow: 'off' | 'fail' | 'reject';
  /** Whether files of outbound messages are fetched; what was found stands on the message. */
  fetchMedia: boolean;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  retries: 1,
  retryDelayMs: 0,
  timeoutMs: 15_000,
  callbacks: true,
  callbackDelayMs: 20,
  statusSteps: ['queued', 'sent', 'delivered'],
  whatsappWindow: 'off',
  fetchMedia: false,
};

// The bounds exist so that no setting can make a retry loop endless.
type Bounded = keyof RetryPolicy | 'callbackDelayMs';
const BOUNDS: Readonly<Record<Bounded, readonly [number, number]>> = {
  retries: [0, 1000],
  retryDelayMs: [0, 60_000],
  timeoutMs: [1, 60_000],
  callbackDelayMs: [0, 60_000],
};
const WINDOWS: readonly string[] = ['off', 'fail', 'reject'];
const STEPS: readonly string[] = ['queued', 'sending', 'sent', 'delivered', 'read'];

/**
 * The settings with some of them changed.
 * @throws SimulatorInputError when a value is out of bounds
 */
export function mergeSettings(current: Readonly<Settings>, change: Partial<Settings>): Settings {
  const changes: [string, unknown][] = Object.entries(change);
  const given = changes.filter(([, value]) => value !== undefined);
  const merged: Settings = { ...current, ...Object.fromEntries(given) };
  for (const [name, [low, high]] of Object.entries(BOUNDS)) {
    const value = merged[name as Bounded];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new SimulatorInputError(`${name} must be a whole number from ${low} to ${high}`);
    }
  }
  if (!merged.statusSteps.every((step) => STEPS.includes(step))) {
    throw new SimulatorInputError(`statusSteps must be a list of ${STEPS.join(', ')}`);
  }
  if (!WINDOWS.includes(merged.whatsappWindow)) {
    throw new SimulatorInputError('whatsappWindow must be off, fail or reject');
  }
  return merged;
}
