/** Processes that take in deliveries may differ so much in what time it is. */
const CLOCK_DIFFERENCE_MS = 5 * 60_000;

/** How many log rows are looked at in one transaction. */
export const WINDOW = 2_000;

/** A position in the log, which a window begins after. */
export interface Window extends Record<string, unknown> {
  received_at: string;
  id: string;
}

/** Before every id. */
export const NIL = '00000000-0000-0000-0000-000000000000';

/** Fields of a delivery that tell what it was, and nothing of who: so that it is still recognised when it comes again. */
export const KEPT_OF_DELIVERIES = [
  'MessageSid',
  'SmsSid',
  'SmsMessageSid',
  'AccountSid',
  'MessageStatus',
  'SmsStatus',
  'ErrorCode',
  // Meta's, and what its adapter puts beside them.
  ...['id', 'waba_id', 'phone_number_id', 'display_phone_number', 'type', 'status', 'timestamp'],
  ...['error_code', 'biz_opaque_callback_data'],
  'CallSid',
  'CallStatus',
  'Direction',
  'DialCallStatus',
  'RecordingSid',
];

/** A number as providers write it: bare, behind its channel, and without its plus. */
export function spellings(addresses: readonly string[]): string[] {
  return addresses.flatMap((address) => [address, `whatsapp:${address}`, address.replace(/^\+/, '')]);
}

/** The position before everything that a process may have taken in since. */
export function beforeClocks(since: Date): Window {
  return { received_at: new Date(since.getTime() - CLOCK_DIFFERENCE_MS).toISOString(), id: NIL };
}
