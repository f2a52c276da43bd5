import * as http from 'node:http';
import twilio from 'twilio';
import { neverSent } from '../never-sent';

/** Twilio answered with an error. Its message stays behind: it quotes numbers. */
export class TwilioRefusal extends Error {
  constructor(
    readonly status: number,
    /** https://www.twilio.com/docs/api/errors; undefined when the answer is not Twilio's own. */
    readonly code?: number,
    readonly retryAfterSeconds?: number,
  ) {
    super('the provider answered with an error');
    this.name = 'TwilioRefusal';
  }
}

/** There was no answer. The cause stays behind: it holds the request, with password and text. */
export class TwilioSilence extends Error {
  constructor(
    /** True when the request cannot have reached Twilio. */
    readonly neverSent: boolean,
  ) {
    super('the provider did not answer');
    this.name = 'TwilioSilence';
  }
}

type RequestClient = InstanceType<typeof twilio.RequestClient>;
type RequestOptions<Data> = Parameters<typeof twilio.RequestClient.prototype.request<Data>>[0];
type Answer<Data> = Awaited<ReturnType<typeof twilio.RequestClient.prototype.request<Data>>>;

/**
 * The SDK's own HTTP client, with a bound on the whole call (its own is on silence alone), connections that are kept, no
 * retries of its own (they would hide from us what was sent), and errors that can be logged.
 */
export class TwilioHttp extends twilio.RequestClient implements RequestClient {
  private readonly plainAgent = new http.Agent({ keepAlive: true, maxSockets: 100, maxFreeSockets: 100 });

  constructor(timeoutMs: number) {
    super({ timeout: timeoutMs, keepAlive: true, maxSockets: 100, maxFreeSockets: 100, autoRetry: false });
    // The SDK brings an agent for https alone.
    this.axios.defaults.httpAgent = this.plainAgent;
    this.axios.interceptors.request.use((config) =>
      Object.assign(config, { signal: AbortSignal.timeout(timeoutMs) }),
    );
  }

  /** Throws {@link TwilioRefusal} and {@link TwilioSilence}, and nothing else. */
  override async request<Data>(options: RequestOptions<Data>): Promise<Answer<Data>> {
    let answer: Answer<Data>;
    try {
      answer = await super.request<Data>(options);
    } catch (error) {
      throw new TwilioSilence(neverSent(error));
    } finally {
      // The SDK keeps them for debugging: the password and the text of the last request.
      this.lastRequest = undefined;
      this.lastResponse = undefined;
    }
    if (answer.statusCode >= 400)
      throw new TwilioRefusal(answer.statusCode, errorCodeOf(answer.body), retryAfterOf(answer.headers));
    return answer;
  }

  /** Closes the connections that wait to be used again. */
  close(): void {
    this.plainAgent.destroy();
    (this.axios.defaults.httpsAgent as http.Agent).destroy();
  }
}

/** The code of Twilio's error body, whether it arrived as JSON or as its text. */
function errorCodeOf(body: unknown): number | undefined {
  const { code } = (asObject(body) ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

function asObject(body: unknown): object | undefined {
  if (typeof body === 'object' && body !== null) return body;
  try {
    const parsed: unknown = JSON.parse(String(body));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds; the date form of RFC 9110 is not in use at Twilio. */
function retryAfterOf(headers: unknown): number | undefined {
  const value = Number((headers as Record<string, unknown> | undefined)?.['retry-after']);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
