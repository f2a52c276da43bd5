import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import type Response from 'twilio/lib/http/response';
import { startTwilioSimulator } from '../../tools/twilio-simulator';
import type { Account, SimulatorOptions, TwilioSimulator } from '../../tools/twilio-simulator';

export const NUMBER = 'whatsapp:+14155238886';
export const CUSTOMER = 'whatsapp:+4915112345678';

/** The SDK's own client, sent to another address: the only thing that differs from production. */
class RedirectedClient extends RequestClient {
  constructor(private readonly baseUrl: string) {
    super({ timeout: 5_000 });
  }

  override request<T>(options: RequestClient.RequestOptions<T>): Promise<Response<T>> {
    return super.request<T>({
      ...options,
      uri: options.uri.replace(/^https:\/\/(api|content)\.twilio\.com/, this.baseUrl),
    });
  }
}

/** The real SDK, speaking to a simulator as this account. */
export function sdk(simulator: TwilioSimulator, account: Pick<Account, 'sid' | 'authToken'>): twilio.Twilio {
  return twilio(account.sid, account.authToken, { httpClient: new RedirectedClient(simulator.url) });
}

/** One post that a receiver got. */
export interface Received {
  url: string;
  headers: http.IncomingHttpHeaders;
  params: Record<string, string>;
}

/** A webhook receiver: keeps what it gets and answers with the next of `answers` (then 200). */
export interface Receiver {
  url: string;
  received: Received[];
  /** Statuses to answer with; `hangup` ends the connection, `hang` never answers. */
  answers: (number | 'hangup' | 'hang')[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      receiver.received.push({
        url: receiver.url + (request.url ?? ''),
        headers: request.headers,
        params,
      });
      const answer = receiver.answers.shift() ?? 200;
      if (answer === 'hangup') request.socket.destroy();
      else if (answer !== 'hang') response.writeHead(answer).end('<Response/>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    answers: [],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

/** A simulator with one account that owns NUMBER, a receiver for its webhooks, and the SDK. */
export async function startPeer(options: SimulatorOptions = {}): Promise<{
  simulator: TwilioSimulator;
  receiver: Receiver;
  account: Account;
  client: twilio.Twilio;
  close(): Promise<void>;
}> {
  const receiver = await startReceiver();
  const simulator = await startTwilioSimulator({ settings: { callbackDelayMs: 1 }, ...options });
  const account = simulator.addAccount({ friendlyName: 'Salon' });
  simulator.addNumber({
    accountSid: account.sid,
    address: NUMBER,
    webhookUrl: `${receiver.url}/inbound?connection=a%20b`,
  });
  const close = async (): Promise<void> => {
    await simulator.close();
    await receiver.close();
  };
  return { simulator, receiver, account, client: sdk(simulator, account), close };
}
