import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { newId } from '../context';
import type { Mail } from './mail';
import { Mailer, MailNotSent } from './mailer';
import { mimeOf } from './mime';

/** Writes mails into a folder, one `.eml` file each, named by its time. A file is there whole or not at all. */
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
    try {
      await this.write(message as Buffer);
    } catch (error) {
      throw new MailNotSent((error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }

  private async write(message: Buffer): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const name = `${new Date().toISOString().replaceAll(':', '-')}-${newId()}.eml`;
    const draft = join(this.folder, `.${name}`);
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(message);
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
