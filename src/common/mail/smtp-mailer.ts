import { createTransport } from 'nodemailer';
import type { Mail } from './mail';
import { Mailer, MailNotSent, MailRefused } from './mailer';
import { mimeOf } from './mime';

/** A server that delays its greeting on purpose takes up to half a minute of it. */
const CONNECT_MS = 10_000;
const GREETING_MS = 30_000;
const SILENCE_MS = 60_000;

const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function smtpOptions(address: string) {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  const tls = url.searchParams.get('tls') ?? (THIS_MACHINE.test(url.hostname) ? 'off' : 'required');
  const port = url.port === '' ? (secure ? 465 : 587) : Number(url.port);
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    secure,
    ...(secure ? {} : tls === 'off' ? { ignoreTLS: true } : { requireTLS: true }),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
  };
}

interface SmtpFailure {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly responseCode?: unknown;
}

/**
 * RFC 5321, 4.2.1: 5yz is for good. That holds of this mail where the recipient or the content was refused; a sender or a
 * password that is refused is set right by the operator, and the mail then goes out.
 */
function failureOf({ code, command, responseCode }: SmtpFailure): MailNotSent {
  const isOfThisMail = command === 'RCPT TO' || command === 'DATA';
  if (typeof responseCode === 'number') {
    const reason = String(responseCode);
    return responseCode >= 500 && isOfThisMail ? new MailRefused(reason) : new MailNotSent(reason);
  }
  return new MailNotSent(typeof code === 'string' ? code : 'unknown');
}

/** Hands mails to an SMTP server, one connection a mail. */
export class SmtpMailer extends Mailer {
  private readonly transport;

  constructor(
    smtpUrl: string,
    private readonly from: string,
  ) {
    super();
    this.transport = createTransport(smtpOptions(smtpUrl));
  }

  async send(mail: Mail): Promise<void> {
    const message = mimeOf(this.from, mail);
    try {
      await this.transport.sendMail(message);
    } catch (error) {
      throw failureOf(error as SmtpFailure);
    }
  }
}
