import type { Mail } from './mail';

/**
 * The mail did not go out. `reason` is a word or a reply code of the protocol; never what the server said, which can quote
 * the address.
 */
export class MailNotSent extends Error {
  readonly code: string;
  constructor(readonly reason: string) {
    super(`the mail was not sent: ${reason}`);
    this.name = new.target.name;
    this.code = reason;
  }
}

/** The server refused this recipient or this mail for good: sending it again changes nothing. */
export class MailRefused extends MailNotSent {}

/** Hands mails over. Called by jobs, outside any transaction: it talks to the network. */
export abstract class Mailer {
  /**
   * Resolves when the mail is accepted. Throws {@link MailRefused} when it never will be, and {@link MailNotSent} when
   * another attempt makes sense.
   */
  abstract send(mail: Mail): Promise<void>;
}
