import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { newId } from '../context';
import { mailName, type Mail } from './mail';
import { Mailer, MailNotSent } from './mailer';
import { mimeOf } from './mime';

/**
 * Writes mails into a folder, named by their time: an `.eml` file each for mail programs, and beside it the same text as
 * `.txt`, from which a token can be copied whole, since a mail's own encoding may break its lines. A file is there whole or
 * not at all.
 */
export class FolderMailer extends Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });

  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    const { message } = await this.transport.sendMail(mimeOf(this.from, mail));
    const name = `${new Date().toISOString().replaceAll(':', '-')}-${newId()}`;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await this.write(`${name}.txt`, `To: ${mail.to}\nSubject: ${mailName(mail.subject)}\n\n${mail.text}`);
      await this.write(`${name}.eml`, message as Buffer);
    } catch (error) {
      throw new MailNotSent((error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }

  private async write(name: string, content: string | Buffer): Promise<void> {
    const draft = join(this.folder, `.${name}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(this.folder, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
