const E164 = /^\+[1-9]\d{6,14}$/;
/** WhatsApp's business-scoped user id: a country and a number, for people who hide their phone number. */
const WHATSAPP_USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
const SHORT_CODE = /^\d{3,8}$/;
const WHATSAPP = 'whatsapp:';

/** Whether the address is on WhatsApp (by its prefix; the rest may still be invalid). */
export function isWhatsApp(address: string): boolean {
  return address.startsWith(WHATSAPP);
}

/** The address without its channel prefix. */
export function withoutChannel(address: string): string {
  return isWhatsApp(address) ? address.slice(WHATSAPP.length) : address;
}

/** Whether it is an address of a message: `+E164`, a short code, `whatsapp:+E164` or `whatsapp:<user id>`. */
export function isValidAddress(address: string): boolean {
  const rest = withoutChannel(address);
  return E164.test(rest) || (isWhatsApp(address) ? WHATSAPP_USER_ID : SHORT_CODE).test(rest);
}

/** The digits WhatsApp calls `WaId`, or null where the address holds no phone number. */
export function waId(address: string): string | null {
  const rest = withoutChannel(address);
  return E164.test(rest) ? rest.slice(1) : null;
}

/** Whether the text is an absolute http or https URL. */
export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '';
}
