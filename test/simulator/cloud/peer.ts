import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  startWhatsappCloudSimulator,
  type Account,
  type AccountInput,
  type PhoneNumber,
  type WhatsappCloudSimulator,
} from '../../../tools/whatsapp-cloud-simulator';

/** One webhook that a receiver got: its bytes, and what they say. */
export interface Posted {
  readonly body: string;
  readonly signature: string;
}

/** What a webhook tells of one number. */
export interface Value {
  readonly metadata: { readonly phone_number_id: string };
  readonly contacts?: Record<string, unknown>[];
  readonly messages?: Record<string, unknown>[];
  readonly statuses?: Record<string, unknown>[];
}

/** An answer of the simulator. */
export interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A simulator, a receiver of its webhooks, and a client as Meta describes one. */
export interface CloudPeer {
  readonly simulator: WhatsappCloudSimulator;
  readonly webhookUrl: string;
  readonly posted: Posted[];
  /** Statuses to answer webhooks with, then 200. */
  readonly answers: number[];
  /** What was posted, by number. */
  values(): Value[];
  aNumber(more?: AccountInput): { account: Account; number: PhoneNumber };
  call(path: string, token: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** What Meta demands of each text message, to a customer. */
export const TEXT = {
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: '+4915112345678',
  type: 'text',
  text: { body: 'Hi' },
};

export async function startCloudPeer(): Promise<CloudPeer> {
  const simulator = await startWhatsappCloudSimulator({ settings: { statusDelayMs: 1, retryDelayMs: 1 } });
  const posted: Posted[] = [];
  const answers: number[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const challenge = new URL(request.url ?? '', 'http://here').searchParams.get('hub.challenge');
      if (challenge !== null) return response.end(challenge);
      const signature = String(request.headers['x-hub-signature-256']);
      posted.push({ body: Buffer.concat(chunks).toString(), signature });
      return response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return {
    simulator,
    webhookUrl,
    posted,
    answers,
    values: () =>
      posted.flatMap(({ body }) =>
        (JSON.parse(body) as { entry: { changes: { value: Value }[] }[] }).entry.flatMap(({ changes }) =>
          changes.map(({ value }) => value),
        ),
      ),
    aNumber(more = {}) {
      const account = simulator.addAccount({ webhookUrl, ...more });
      return { account, number: simulator.addNumber({ accountId: account.id, address: '+14155238886' }) };
    },
    async call(path, token, body) {
      const headers = { Authorization: `Bearer ${token}`, 'User-Agent': 'tests/1.0.0' };
      const json = { ...headers, 'Content-Type': 'application/json' };
      const init =
        body === undefined ? { headers } : { headers: json, method: 'POST', body: JSON.stringify(body) };
      const answer = await fetch(`${simulator.url}/v23.0/${path}`, init);
      return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
    },
    async close() {
      await simulator.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
