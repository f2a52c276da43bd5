import { toE164 } from '../../contacts';
import type { Channel } from '../domain/channel';
import { isShortCode } from '../domain/short-code';

/** A business number as it is kept, of what a person wrote: E.164, or by SMS a short code. Undefined when it is neither. */
export function businessAddress(channel: Channel, text: string): string | undefined {
  const written = text.trim();
  return channel === 'sms' && isShortCode(written) ? written : toE164(text);
}
