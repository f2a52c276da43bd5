const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
/**
 * As mailboxes are called in practice (the HTML standard's rule): no quotes, no line ends, and ASCII alone. In lower case, some
 * letters of other scripts turn into Latin ones, and an address would be taken for another's.
 */
const ADDRESS = new RegExp(
  `^(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+(?=.{2,63}$)${LABEL}$`,
  'i',
);
const MAX_LENGTH = 254;

/** Whether this can be somebody's address; whether it is one is for the mail server to say. */
export function isEmailAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text);
}

/** Without blanks around it, Latin letters in lower case; other letters stay, so that {@link isEmailAddress} sees them. */
export function normaliseEmail(text: string): string {
  return text.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
