import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeMail, MailNotSent, MailRefused, type Mail } from '../../src/common/mail';
import { FolderMailer } from '../../src/common/mail/folder-mailer';
import { SmtpMailer } from '../../src/common/mail/smtp-mailer';
import { freePort } from '../../tools/embedded';
import { mailsIn } from '../support';
import { aMailServer, type MailServer } from '../support/mail-server';

const FROM = 'Frontdesk <desk@example.test>';
const TO = 'dana@example.test';
const mail = composeMail(TO, 'Grüße an Zoë', ['Hello Zoë & co', { copy: 'fdi_token' }]);

const failure = (sending: Promise<void>): Promise<unknown> =>
  sending.then(
    () => 'sent',
    (error: unknown) => error,
  );

describe('a mail by SMTP', () => {
  let server: MailServer;
  afterEach(() => server.stop());

  const to = (target: MailServer, { login = '', tls = '' } = {}) =>
    new SmtpMailer(`smtp://${login}${target.address}${tls}`, FROM);

  it('arrives once, with a text and an HTML part, after a late greeting', async () => {
    server = await aMailServer({ greetingDelayMs: 300 });
    await to(server).send(mail);
    expect(server.mails).toHaveLength(1);
    const [got] = server.mails;
    expect(got).toMatchObject({
      from: { name: 'Frontdesk', address: 'desk@example.test' },
      to: [{ name: '', address: TO }],
      subject: 'Grüße an Zoë',
    });
    expect(got?.text?.trimEnd()).toBe(mail.text.trimEnd());
    expect(got?.html?.trim()).toBe(mail.html.trim());
    expect(got?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
    expect(got?.messageId).toMatch(/@example\.test>$/);
    expect(server.recipients).toEqual([[TO]]);
  });

  it.each([
    ['MAIL FROM', 451, MailNotSent],
    ['RCPT TO', 450, MailNotSent],
    ['DATA', 452, MailNotSent],
    // The operator sets a refused sender right, and the mail then goes out.
    ['MAIL FROM', 550, MailNotSent],
    ['RCPT TO', 550, MailRefused],
    ['DATA', 554, MailRefused],
  ] as const)('%s answered by %d', async (at, code, kind) => {
    server = await aMailServer();
    server.refusals.push({ at, code });
    const error = await failure(to(server).send(mail));
    expect((error as Error).constructor).toBe(kind);
    expect(error).toMatchObject({ code: String(code) });
    expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toMatch(
      /secret words|dana@|someone@/,
    );
    expect(server.mails).toEqual([]);
    await to(server).send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it('waits for a server that is not there yet: refused, then up, delivered once', async () => {
    const port = await freePort(0);
    const mailer = new SmtpMailer(`smtp://127.0.0.1:${port}`, FROM);
    expect(await failure(mailer.send(mail))).toBeInstanceOf(MailNotSent);
    server = await aMailServer({ port });
    await mailer.send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it('signs in where the address says how, and a wrong password is tried again later', async () => {
    server = await aMailServer({ login: { user: 'desk@example.test', password: 'p:a/s@s' } });
    await to(server, { login: `desk%40example.test:${encodeURIComponent('p:a/s@s')}@` }).send(mail);
    expect(server.mails).toHaveLength(1);
    const error = await failure(to(server, { login: 'desk%40example.test:wrong@' }).send(mail));
    expect((error as Error).constructor).toBe(MailNotSent);
    expect(error).toMatchObject({ code: '535' });
  });

  it('never falls back to plain text where TLS is demanded', async () => {
    server = await aMailServer();
    expect(await failure(to(server, { tls: '?tls=required' }).send(mail))).toBeInstanceOf(MailNotSent);
    expect(server.mails).toEqual([]);
    await server.stop();
    // Its certificate is nobody's.
    server = await aMailServer({ tls: true });
    expect(await failure(to(server, { tls: '?tls=required' }).send(mail))).toBeInstanceOf(MailNotSent);
    expect(server.mails).toEqual([]);
    await to(server).send(mail);
    expect(server.mails).toHaveLength(1);
  });

  it.each([
    'dana@example.test, eve@example.test',
    'dana@example.test\r\nRCPT TO:<eve@example.test>',
    'Eve <eve@example.test>',
    '<eve@example.test>',
    '',
  ])('has one recipient: %j is refused', async (address) => {
    server = await aMailServer();
    expect(await failure(to(server).send({ ...mail, to: address }))).toMatchObject({ code: 'bad_address' });
    expect(server.connections()).toBe(0);
  });

  it('has no other header than ours, whatever stands in its subject', async () => {
    server = await aMailServer();
    const hostile: Mail = { ...mail, subject: 'Hi\r\nBcc: eve@example.test\r\n\r\n<b>body</b>' };
    await to(server).send(hostile);
    expect(server.mails[0]?.bcc ?? []).toEqual([]);
    expect(server.mails[0]?.text?.trimEnd()).toBe(mail.text.trimEnd());
    expect(server.recipients).toEqual([[TO]]);
  });
});

describe('a mail in a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'frontdesk-mails-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is a file that its owner alone reads, and that a mail program opens', async () => {
    const mailer = new FolderMailer(join(folder, 'made', 'by it'), FROM);
    await mailer.send(mail);
    await mailer.send({ ...mail, subject: 'The second' });
    const where = join(folder, 'made', 'by it');
    const files = readdirSync(where).sort();
    expect(files).toEqual(
      ['eml', 'txt', 'eml', 'txt'].map((kind) => expect.stringMatching(new RegExp(`^20.*\\.${kind}$`))),
    );
    for (const file of files) expect(statSync(join(where, file)).mode & 0o777).toBe(0o600);
    expect(statSync(where).mode & 0o077).toBe(0);
    const [first, second] = await mailsIn(where, TO);
    expect(first).toMatchObject({ subject: 'Grüße an Zoë', from: { name: 'Frontdesk' } });
    expect(first?.text?.trimEnd()).toBe(mail.text.trimEnd());
    expect(second?.subject).toBe('The second');
    expect(readFileSync(join(where, files[0]!), 'utf8')).not.toContain('\r');
  });

  it('lies there as plain text too, from which a long token is copied in one piece', async () => {
    const token = `fdi_${'x'.repeat(120)}`;
    await new FolderMailer(folder, FROM).send(composeMail(TO, 'Grüße', ['Zoë invites you', { copy: token }]));
    const [text = ''] = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    const lines = readFileSync(join(folder, text), 'utf8').split('\n');
    expect(lines.slice(0, 3)).toEqual([`To: ${TO}`, 'Subject: Grüße', '']);
    expect(lines).toContain(`    ${token}`);
  });

  it('that cannot be written is tried again later', async () => {
    writeFileSync(join(folder, 'file'), '');
    const error = await failure(new FolderMailer(join(folder, 'file'), FROM).send(mail));
    expect(error).toMatchObject({ name: 'MailNotSent', code: 'EEXIST' });
  });
});
