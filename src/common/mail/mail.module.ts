import { Global, Module } from '@nestjs/common';
import { Config } from '../config';
import { FolderMailer } from './folder-mailer';
import { Mailer } from './mailer';
import { SmtpMailer } from './smtp-mailer';

function mailerFor({ mail: { from, transport } }: Config): Mailer {
  return 'smtpUrl' in transport
    ? new SmtpMailer(transport.smtpUrl, from)
    : new FolderMailer(transport.folder, from);
}

/** Mails, by SMTP or into a folder, as the configuration says. */
@Global()
@Module({
  providers: [{ provide: Mailer, useFactory: mailerFor, inject: [Config] }],
  exports: [Mailer],
})
export class MailModule {}
