export { composeMail, mailName, type Block, type Mail } from './mail';
export { MailModule } from './mail.module';
export { Mailer, MailNotSent, MailRefused } from './mailer';
