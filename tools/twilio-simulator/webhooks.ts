import * as http from 'node:http';
import * as https from 'node:https';
import type { Background } from './background';
import type { RetryPolicy } from './settings';
import type { SignedRequest } from './signing';

/** One try to deliver a webhook. Without an answer `status` is null and `error` says why. */
export interface Attempt {
  status: number | null;
  /** The answer's text, its first 64 KiB. */
  body: string;
  error?: string;
  durationMs: number;
}

/** How a webhook fared. `token` is the idempotency token that all its attempts bore. */
export interface DeliveryResult {
  token: string;
  /** Whether the last attempt was answered with a status below 400. */
  delivered: boolean;
  attempts: Attempt[];
}

const CONNECT_TIMEOUT_MS = 5_000;
const BODY_LIMIT = 64 * 1024;
const AGENT = { keepAlive: true, maxSockets: 128 };

/** Posts webhooks over kept-alive connections, retrying as Twilio does. */
export class WebhookSender {
  readonly #http = new http.Agent(AGENT);
  readonly #https = new https.Agent(AGENT);

  constructor(private readonly background: Background) {}

  /** Posts until an attempt is answered below 500 or the retries are used up. Never throws. */
  async deliver(request: SignedRequest, policy: RetryPolicy): Promise<DeliveryResult> {
    const token = request.headers['I-Twilio-Idempotency-Token'] ?? '';
    const attempts: Attempt[] = [];
    for (let retry = 0; retry <= policy.retries && !this.background.closed; retry++) {
      if (retry > 0 && !(await this.#pause(policy.retryDelayMs))) break;
      const attempt = await this.#attempt(request, policy.timeoutMs);
      attempts.push(attempt);
      if (attempt.status !== null && attempt.status < 500) break;
    }
    const status = attempts.at(-1)?.status ?? null;
    return { token, delivered: status !== null && status < 400, attempts };
  }

  /** Ends open connections; running attempts fail. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #pause(ms: number): Promise<boolean> {
    try {
      if (ms > 0) await this.background.sleep(ms);
      return true;
    } catch {
      return false;
    }
  }

  async #attempt(request: SignedRequest, timeoutMs: number): Promise<Attempt> {
    const started = performance.now();
    const durationMs = (): number => Math.round(performance.now() - started);
    try {
      const answer = await this.#post(request, timeoutMs);
      return { ...answer, durationMs: durationMs() };
    } catch (error) {
      const text = error instanceof Error ? error.message || error.name : String(error);
      return { status: null, body: '', error: text, durationMs: durationMs() };
    }
  }

  #post(request: SignedRequest, timeoutMs: number): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const secure = request.url.startsWith('https:');
      const outgoing = (secure ? https : http).request(request.url, {
        method: 'POST',
        agent: secure ? this.#https : this.#http,
        headers: request.headers,
      });
      const stopClock = limitTime(outgoing, timeoutMs);
      const fail = (error: Error): void => {
        stopClock();
        reject(error);
      };
      outgoing.on('error', fail);
      outgoing.on('response', (response) => {
        readText(response).then((body) => {
          stopClock();
          resolve({ status: response.statusCode ?? 0, body });
        }, fail);
      });
      outgoing.end(request.body);
    });
  }
}

/**
 * Destroys the request when connecting or the whole takes too long. The clock starts when a connection
 * is assigned: waiting for one of the pool isn't the receiver's slowness.
 */
function limitTime(outgoing: http.ClientRequest, timeoutMs: number): () => void {
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, what: string): NodeJS.Timeout => {
    const timer = setTimeout(() => outgoing.destroy(new Error(`${what} timed out`)), ms);
    timers.push(timer);
    return timer;
  };
  outgoing.on('socket', (socket) => {
    after(timeoutMs, 'request');
    if (!socket.connecting) return;
    const connecting = after(Math.min(timeoutMs, CONNECT_TIMEOUT_MS), 'connection');
    socket.once('connect', () => clearTimeout(connecting));
  });
  return () => timers.forEach((timer) => clearTimeout(timer));
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = chunk as Buffer;
    // Beyond the limit the rest is still read, so that the connection can be used again.
    if (size < BODY_LIMIT) chunks.push(bytes.subarray(0, BODY_LIMIT - size));
    size += bytes.length;
  }
  return Buffer.concat(chunks).toString('utf8');
}
