import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import type { TestApp } from './test-app';

/** The mails in a folder, oldest first; all of them, or those to one address. */
export async function mailsIn(folder: string, to?: string): Promise<Email[]> {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort();
  const mails = await Promise.all(files.map((name) => PostalMime.parse(readFileSync(join(folder, name)))));
  return mails.filter((mail) => to === undefined || mail.to?.some(({ address }) => address === to));
}

/** The mails that a program sent to an address, oldest first, once no job is due any more. */
export async function mailsTo(
  { mailFolder, settled }: Pick<TestApp, 'mailFolder' | 'settled'>,
  address: string,
): Promise<Email[]> {
  await settled();
  return mailsIn(mailFolder, address);
}

/** The token in the newest mail to an address. */
export async function tokenTo(
  app: Pick<TestApp, 'mailFolder' | 'settled'>,
  address: string,
): Promise<string> {
  const text = (await mailsTo(app, address)).at(-1)?.text ?? '';
  const token = /\bfd[a-z]_[\w-]{43,}/.exec(text)?.[0];
  if (token === undefined) throw new Error(`no mail with a token to ${address}`);
  return token;
}
