import { join, resolve } from 'node:path';

/** Where mails go: to an SMTP server, or into a folder where a person reads them. */
export interface MailSettings {
  /** The sender: an address, or `Name <address>`. */
  readonly from: string;
  readonly transport: { readonly smtpUrl: string } | { readonly folder: string };
}

interface MailValues {
  readonly SMTP_URL?: string | undefined;
  readonly MAIL_DIR?: string | undefined;
  readonly MAIL_FROM?: string | undefined;
  readonly FRONTDESK_DATA_DIR?: string | undefined;
}

/** What of the variables about mail does not go together; one line for each problem, by name. */
export function mailProblems({ SMTP_URL, MAIL_DIR, MAIL_FROM }: MailValues, production: boolean): string[] {
  if (SMTP_URL !== undefined && MAIL_DIR !== undefined)
    return ['MAIL_DIR: stands beside SMTP_URL; mails go one way, so give one of them'];
  if (SMTP_URL !== undefined && MAIL_FROM === undefined)
    return ['MAIL_FROM: is missing; SMTP_URL needs a sender that its server lets through'];
  if (production && SMTP_URL === undefined && MAIL_DIR === undefined)
    return ['SMTP_URL: is missing; without it MAIL_DIR must name a folder for the mails'];
  return [];
}

/** Outside production mails are kept beside the data. */
export function mailSettings(values: MailValues): MailSettings {
  const {
    SMTP_URL,
    MAIL_DIR,
    MAIL_FROM = 'Frontdesk <frontdesk@localhost>',
    FRONTDESK_DATA_DIR = '',
  } = values;
  const folder = MAIL_DIR ?? join(FRONTDESK_DATA_DIR, 'mails');
  return {
    from: MAIL_FROM,
    transport: SMTP_URL === undefined ? { folder: resolve(folder) } : { smtpUrl: SMTP_URL },
  };
}
