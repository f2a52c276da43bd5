const MAX_LENGTH = 254;
const MAX_LOCAL = 64;
/** One @, no blanks, a domain with a dot: what delivers is for the mail server to say. */
const ADDRESS =
  /^([^\s@<>()[\]\\,;:"\p{Cc}]+)@([^\s@<>()[\]\\,;:"\p{Cc}.]+\.)+[^\s@<>()[\]\\,;:"\p{Cc}.]{2,}$/u;

/** An address as it is stored and compared: without blanks around it, in lower case. Undefined when it is none. */
export function toEmail(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  const [, local = ''] = ADDRESS.exec(address) ?? [];
  return local !== '' && local.length <= MAX_LOCAL && address.length <= MAX_LENGTH ? address : undefined;
}
