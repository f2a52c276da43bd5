import { isEmailAddress, normaliseEmail } from '../../../common/auth';

/** An address as it is stored and compared: without blanks around it, in lower case. Undefined when it is none. */
export function toEmail(text: string): string | undefined {
  const address = normaliseEmail(text);
  return isEmailAddress(address) ? address : undefined;
}
