import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail';
import { MailRefused } from './mailer';

/**
 * A mail as nodemailer takes it. Address and envelope are given as objects: as text, one address with a comma in it would
 * be two people.
 */
export function mimeOf(from: string, { to, subject, text, html }: Mail): SendMailOptions {
  if (!/^[^\s<>,;\p{Cc}]+@[^\s<>,;@\p{Cc}]+$/u.test(to)) throw new MailRefused('bad_address');
  return {
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    // RFC 3834: nobody's absence note shall answer.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
