import type { ConsentLine } from '../domain/consent';

/**
 * Port: waits for messages that are being handed to the provider. Whoever records an opt-out holds the person's mapping, so
 * that no other hand-over can begin, and lets those end that began before: what leaves after it was recorded left against
 * the person's word. A module above implements it, which knows the messages.
 */
export abstract class SendsUnderWay {
  /** Returns when none of these people is being written to. Within the transaction at hand, which sees what commits meanwhile. */
  abstract end(lines: readonly ConsentLine[]): Promise<void>;
}
