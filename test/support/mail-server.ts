import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** An answer other than "ok" to one command. */
export interface Refusal {
  readonly at: 'MAIL FROM' | 'RCPT TO' | 'DATA';
  /** Reply code. */
  readonly code: number;
}

/** An SMTP server, as real as the package makes it. */
export interface MailServer {
  /** Without a scheme. */
  readonly address: string;
  readonly port: number;
  /** What it accepted, oldest first. */
  readonly mails: Email[];
  /** Envelope recipients of what it accepted. */
  readonly recipients: string[][];
  /** Answers that the next commands get, one each. */
  readonly refusals: Refusal[];
  /** How many times somebody connected. */
  connections(): number;
  stop(): Promise<void>;
}

interface MailServerOptions {
  readonly port?: number;
  /** How long it waits before it greets. */
  readonly greetingDelayMs?: number;
  /** Offers STARTTLS with a certificate that nobody trusts. */
  readonly tls?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

function refusalOf({ refusals }: Pick<MailServer, 'refusals'>, at: Refusal['at']): Error | null {
  const next = refusals.findIndex((refusal) => refusal.at === at);
  const [refusal] = next < 0 ? [] : refusals.splice(next, 1);
  // A server may say anything, the address included.
  return refusal
    ? Object.assign(new Error('no: secret words about someone@example.test'), { responseCode: refusal.code })
    : null;
}

/** Starts one on 127.0.0.1. */
export async function aMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const state = { mails: [] as Email[], recipients: [] as string[][], refusals: [] as Refusal[] };
  let connections = 0;
  const server = new SMTPServer({
    authOptional: options.login === undefined,
    allowInsecureAuth: true,
    disabledCommands: options.tls === true ? [] : ['STARTTLS'],
    onConnect(_session, done) {
      connections++;
      setTimeout(() => done(), options.greetingDelayMs ?? 0);
    },
    onAuth({ username, password }, _session, done) {
      if (username === options.login?.user && password === options.login?.password)
        done(null, { user: username });
      else done(Object.assign(new Error('no'), { responseCode: 535 }));
    },
    onMailFrom(_address, _session, done) {
      done(refusalOf(state, 'MAIL FROM'));
    },
    onRcptTo(_address, _session, done) {
      done(refusalOf(state, 'RCPT TO'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = refusalOf(state, 'DATA');
        if (refusal) {
          done(refusal);
          return;
        }
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          state.mails.push(mail);
          state.recipients.push(session.envelope.rcptTo.map(({ address }) => address));
          done();
        });
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => {
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    ...state,
    port,
    address: `127.0.0.1:${port}`,
    connections: () => connections,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
