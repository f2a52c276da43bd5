import type { Channel } from '../../domain/channel';
import { isShortCode } from '../../domain/short-code';

const E164 = /^\+[1-9][0-9]{5,14}$/;
/** A person who shows no number: `US.1349…`. */
const USER_ID = /^[A-Za-z0-9._-]{1,120}$/;

/** An address as Twilio writes it: `whatsapp:+49…`, or bare for SMS and voice. */
export function twilioAddress(channel: Channel, address: string): string {
  return channel === 'whatsapp' ? `whatsapp:${address}` : address;
}

/** A side of a message: a phone number, or WhatsApp's id of a person who shows none. */
export type Party = { readonly phone: string } | { readonly whatsappId: string };

/** Reads `whatsapp:+49…`, `whatsapp:US.1349…` or `+49…`; undefined for anything else. */
export function parseTwilioAddress(text: string | undefined): Party | undefined {
  if (text === undefined) return undefined;
  const address = text.startsWith('whatsapp:') ? text.slice('whatsapp:'.length) : text;
  if (E164.test(address)) return { phone: address };
  return address !== text && USER_ID.test(address) ? { whatsappId: address } : undefined;
}

/** The business's side of a message: a phone number, or by SMS a short code. Undefined for anything else. */
export function parseTwilioSender(channel: Channel, text: string | undefined): string | undefined {
  const party = parseTwilioAddress(text);
  if (party && 'phone' in party) return party.phone;
  return channel === 'sms' && text !== undefined && isShortCode(text) ? text : undefined;
}
