/**
 * Twilio's numbers that mean something to staff (https://www.twilio.com/docs/api/errors). They come with reports, long
 * after the provider accepted the message.
 */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [21610, 'opted_out'],
  [63016, 'outside_window'],
  [21211, 'invalid_number'],
  [21614, 'invalid_number'],
  [63003, 'invalid_number'],
  [63024, 'invalid_number'],
]);

/** The person told the provider that they want no more messages. */
export const OPTED_OUT = 'opted_out';

/** Our word for a provider's error number; `provider_<number>` where we have none. */
export function errorCodeOf(providerCode: number): string {
  return MEANINGS.get(providerCode) ?? `provider_${providerCode}`;
}
