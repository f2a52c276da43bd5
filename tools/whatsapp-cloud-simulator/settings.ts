import { SimulatorInputError } from '../twilio-simulator/errors';
import type { RetryPolicy } from '../twilio-simulator/settings';
import type { MessageStatus } from './model';

/** A state that a message passes through on its way to a good end. */
export type MessageStep = Exclude<MessageStatus, 'accepted' | 'failed'>;

/** Behaviour that holds for all accounts and can be changed while running. Meta retries anything but 200, for a week. */
export interface Settings extends RetryPolicy {
  /** Whether states are reported at all; they advance either way. */
  statuses: boolean;
  /** Milliseconds between two states of a message, up to 60,000. */
  statusDelayMs: number;
  /** The states that a message passes through. */
  statusSteps: MessageStep[];
  /** States that come about within so many milliseconds are reported in one request, as Meta does under load; 0: each in its own. */
  batchMs: number;
  /** Whether free text to a customer who hasn't written within 24 hours fails with 131047. */
  window: boolean;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  retries: 3,
  retryDelayMs: 20,
  timeoutMs: 15_000,
  statuses: true,
  statusDelayMs: 20,
  statusSteps: ['sent', 'delivered'],
  batchMs: 0,
  window: false,
};

/** The names that `statusSteps` may hold. */
export const STEPS: readonly MessageStep[] = ['sent', 'delivered', 'read'];

// The bounds exist so that no setting can make a retry loop endless.
type Bounded = keyof RetryPolicy | 'statusDelayMs' | 'batchMs';
const BOUNDS: Readonly<Record<Bounded, readonly [number, number]>> = {
  retries: [0, 1000],
  retryDelayMs: [0, 60_000],
  timeoutMs: [1, 60_000],
  statusDelayMs: [0, 60_000],
  batchMs: [0, 60_000],
};

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
  const steps: readonly string[] = STEPS;
  if (!merged.statusSteps.every((step) => steps.includes(step))) {
    throw new SimulatorInputError(`statusSteps must be a list of ${STEPS.join(', ')}`);
  }
  return merged;
}
